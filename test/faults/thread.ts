import { parentPort, workerData } from 'node:worker_threads';
import { type FaultKind, kindsFor } from './fault-kinds.ts';
import { mutants } from './mutants.ts';
import { type RunResult, runSchedule } from './run.ts';
import {
  namedScenario,
  namedSchedule,
  randomSchedule,
  type Scenario,
  type Schedule,
  scenarioNames,
  scheduleOf,
} from './schedule.ts';
import { Tally } from './tally.ts';

/** What a thread is told. */
export interface ThreadInput {
  /** This thread's number, from 0, of how many. */
  readonly part: number;
  readonly of: number;
  readonly tmpDir: string;
  /** Run only this schedule, with a trace. */
  readonly only?: string;
  /** Every single fault first. */
  readonly exhaustive: boolean;
  /** Random schedules of all threads together run until this many are done in all. */
  readonly total: number;
  readonly firstSeed: number;
  /** Random schedules of this mode only. */
  readonly mode?: Scenario['mode'];
  readonly mutant?: string;
  /** Stop at the first violation. */
  readonly stopAtFirst?: boolean;
}

const input = workerData as ThreadInput;
const tally = new Tally();

async function run(schedule: Schedule): Promise<RunResult> {
  const result = await runSchedule(schedule, input.tmpDir, input.only !== undefined);
  // What `trace` says of a broken runtime is no finding about the guarantee, and would hide those that are.
  const violations = result.violations.filter((violation) => !violation.startsWith('explained:'));
  tally.add(input.mutant === undefined ? result : { ...result, violations });
  return result;
}

const stopped = () => input.stopAtFirst === true && tally.failures.length > 0;

/** Every call of every scenario, with every fault that can befall it. */
async function runSingleFaults(): Promise<void> {
  for (const [index, name] of scenarioNames().entries()) {
    if (index % input.of !== input.part) continue;
    const { calls } = await run(namedSchedule(name));
    const { mode } = namedScenario(name);
    for (const [call, label] of calls.entries())
      for (const kind of kindsFor(label, mode)) {
        if (stopped()) return;
        await run(namedSchedule(name, { call, kind }));
      }
  }
}

/** Faults of a first send that lead to the calls of a failure and of a second try. */
const FIRST_FAULTS: readonly FaultKind[] = ['lost', 'die-after', 'refuse', 'down'];

/** The calls that only a failure brings about, with every fault of their own. */
async function runSecondFaults(): Promise<void> {
  const names = scenarioNames().filter((name) => name.endsWith('/1/one'));
  for (const [index, name] of names.entries()) {
    if (index % input.of !== input.part) continue;
    const { calls } = await runSchedule(namedSchedule(name), input.tmpDir);
    const first = calls.indexOf('worker POST message');
    for (const kind of FIRST_FAULTS) await runEverySecondFault(name, { call: first, kind });
  }
}

async function runEverySecondFault(name: string, first: { call: number; kind: FaultKind }): Promise<void> {
  const { calls } = await runSchedule(namedSchedule(name, first), input.tmpDir);
  const { mode } = namedScenario(name);
  for (let call = first.call + 1; call < calls.length && !stopped(); call++)
    for (const kind of kindsFor(calls[call] ?? '', mode))
      await run(namedSchedule(name, first, { call, kind }));
}

async function runRandom(): Promise<void> {
  const share = Math.ceil(input.total / input.of);
  for (let seed = input.firstSeed + input.part; tally.schedules < share && !stopped(); seed += input.of)
    await run(randomSchedule(seed, input.mode));
}

// Thousands of errors are made on purpose; nobody reads where.
if (!input.only) Error.stackTraceLimit = 0;
if (input.mutant) mutants[input.mutant]?.();
if (input.only) {
  const { trace } = await run(scheduleOf(input.only));
  parentPort?.postMessage({ tally: tally.data(), trace });
} else {
  if (input.exhaustive) {
    await runSingleFaults();
    await runSecondFaults();
  }
  await runRandom();
  parentPort?.postMessage({ tally: tally.data(), trace: [] });
}
