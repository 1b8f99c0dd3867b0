import { runShare } from '../thread.ts';
import { kindsFor } from './kinds.ts';
import { mutants } from './mutants.ts';
import { runSchedule } from './run.ts';
import { namedScenario, PREFIX, randomSchedule, scenarioNames, scheduleOf } from './schedule.ts';

await runShare({
  names: scenarioNames(),
  kindsFor: (name, label) => kindsFor(label, namedScenario(name).isUnswept),
  second: [
    { names: [`${PREFIX}one`], label: 'worker POST message', kinds: ['lost', 'die-after', 'refuse', 'down'] },
    // Twilio's list cannot tell: only a callback can, and it may come at any moment.
    {
      names: [`${PREFIX}lagging`, `${PREFIX}held`],
      label: 'worker POST message',
      kinds: ['lost', 'die-after'],
    },
    // The sweeper's calls.
    { names: [`${PREFIX}one`], label: 'webhook PutItem lock', kinds: ['outage'] },
    { names: [`${PREFIX}human`], label: 'webhook SendMessage human', kinds: ['outage'] },
  ],
  scheduleOf,
  random: randomSchedule,
  run: runSchedule,
  mutants,
});
