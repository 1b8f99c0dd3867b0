import { runShare } from '../thread.ts';
import { kindsFor } from './kinds.ts';
import { mutants } from './mutants.ts';
import { runSchedule } from './run.ts';
import { namedScenario, randomSchedule, type Scenario, scenarioNames, scheduleOf } from './schedule.ts';

const names = scenarioNames();

await runShare({
  names,
  kindsFor: (name, label) => kindsFor(label, namedScenario(name).mode),
  second: [
    {
      names: names.filter((name) => name.endsWith('/1/one')),
      label: 'worker POST message',
      kinds: ['lost', 'die-after', 'refuse', 'down'],
    },
  ],
  scheduleOf,
  random: (seed, mode) => randomSchedule(seed, mode as Scenario['mode'] | undefined),
  run: runSchedule,
  mutants,
});
