import { takeGlobals } from '../globals.ts';
import type { RunResult } from '../tally.ts';
import { Actors } from './actors.ts';
import { checkAtEnd, checkAtRest } from './check.ts';
import { repetitions } from './check-turns.ts';
import type { Schedule } from './schedule.ts';
import { World } from './world.ts';

/** Runs one schedule to its rest, redrives what an operator sees, writes once more to everybody, and checks all. */
export async function runSchedule(schedule: Schedule, _tmpDir: string, tracing = false): Promise<RunResult> {
  const world = new World(schedule, tracing);
  const restore = takeGlobals(world.clock, schedule.seed);
  try {
    const actors = new Actors(world);
    actors.begin();
    await actors.settle();
    const calls = [...world.plan.calls];
    const violations = checkAtRest(world, (chat) => actors.isDead(chat));
    world.note('--- the operator redrives, twice, without faults');
    world.plan.isOn = false;
    await actors.redrive();
    await actors.redrive();
    violations.push(...checkAtEnd(world));
    world.note('--- everybody writes once more');
    await writeAgain(world, actors);
    violations.push(...checkAtEnd(world), ...world.violations);
    const turns = [...world.chats.values()].flatMap((chat) => chat.turns);
    return {
      id: schedule.id,
      violations: [...new Set(violations)],
      met: world.plan.met,
      calls,
      repeated: turns.reduce((sum, turn) => sum + repetitions(turn).length, 0),
      trace: [...world.trace, ...violations],
    };
  } finally {
    world.clock.stop();
    restore();
  }
}

/** A conversation that is stuck does not answer. */
async function writeAgain(world: World, actors: Actors): Promise<void> {
  const written = new Set(world.schedule.scenario.messages.map(({ chat }) => chat));
  for (const chat of written) actors.write({ chat, atMillis: 1000 * chat });
  await actors.settle();
}
