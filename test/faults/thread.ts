import { parentPort, workerData } from 'node:worker_threads';
import type { FaultKind } from './fault-kinds.ts';
import { type RunResult, Tally } from './tally.ts';

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
  /** More random schedules run until so many seconds have passed since the start. */
  readonly seconds?: number;
  readonly firstSeed: number;
  /** Random schedules of this sort only; which sorts there are is the system's matter. */
  readonly sort?: string;
  readonly mutant?: string;
  /** Stop at the first violation that begins with one of its kinds, any without kinds. */
  readonly stopAtFirst?: boolean;
}

/** After one of these faults at the first call of this label, every further call gets every fault, too. */
export interface SecondFaults {
  readonly names: readonly string[];
  readonly label: string;
  readonly kinds: readonly FaultKind[];
}

/** A system under faults. An id brings its schedule back; a named scenario's faults stand behind it: `name#5:lost`. */
export interface FaultSystem<Schedule> {
  /** Named scenarios, which get every single fault. */
  readonly names: readonly string[];
  kindsFor(name: string, label: string): readonly FaultKind[];
  /** What leads to calls that only a failure brings about: they get every fault of their own. */
  readonly second: readonly SecondFaults[];
  scheduleOf(id: string): Schedule;
  random(seed: number, sort?: string): Schedule;
  run(schedule: Schedule, tmpDir: string, tracing: boolean): Promise<RunResult>;
  readonly mutants: Readonly<Record<string, () => void>>;
}

/** The body of a thread: runs its share of the schedules and posts what they showed. */
export async function runShare<Schedule>(system: FaultSystem<Schedule>): Promise<void> {
  const input = workerData as ThreadInput;
  // Thousands of errors are made on purpose; nobody reads where.
  if (!input.only) Error.stackTraceLimit = 0;
  if (input.mutant) system.mutants[input.mutant]?.();
  const share = new Share(system, input);
  parentPort?.postMessage(await share.all());
}

class Share<Schedule> {
  private readonly tally = new Tally();

  constructor(
    private readonly system: FaultSystem<Schedule>,
    private readonly input: ThreadInput,
  ) {}

  async all() {
    const { only, exhaustive } = this.input;
    if (only) {
      const { trace } = await this.run(this.system.scheduleOf(only));
      return { tally: this.tally.data(), trace };
    }
    const started = performance.now();
    if (exhaustive) {
      await this.singleFaults();
      for (const faults of this.system.second) await this.secondFaults(faults);
    }
    await this.random(started);
    return { tally: this.tally.data(), trace: [] };
  }

  private async run(schedule: Schedule): Promise<RunResult> {
    const { tmpDir, only, mutant } = this.input;
    const result = await this.system.run(schedule, tmpDir, only !== undefined);
    // What `trace` says of a broken runtime is no finding about the guarantee, and would hide those that are.
    const violations = result.violations.filter((violation) => !violation.startsWith('explained:'));
    this.tally.add(mutant === undefined ? result : { ...result, violations });
    return result;
  }

  private get isStopped(): boolean {
    return this.input.stopAtFirst === true && this.tally.failures.length > 0;
  }

  private mine(names: readonly string[]): readonly string[] {
    return names.filter((_, index) => index % this.input.of === this.input.part);
  }

  /** Every call of every scenario, with every fault that can befall it. */
  private async singleFaults(): Promise<void> {
    for (const name of this.mine(this.system.names)) {
      const { calls } = await this.run(this.system.scheduleOf(name));
      await this.everyFault(name, name, calls, 0);
    }
  }

  private async everyFault(name: string, id: string, calls: readonly string[], from: number): Promise<void> {
    for (let call = from; call < calls.length; call++)
      for (const kind of this.system.kindsFor(name, calls[call] ?? '')) {
        if (this.isStopped) return;
        await this.run(this.system.scheduleOf(`${id}#${call}:${kind}`));
      }
  }

  /** The calls that only a failure brings about, with every fault of their own. */
  private async secondFaults({ names, label, kinds }: SecondFaults): Promise<void> {
    for (const name of this.mine(names)) {
      const { calls } = await this.quietly(name);
      const first = calls.indexOf(label);
      for (const kind of kinds) {
        const id = `${name}#${first}:${kind}`;
        await this.everyFault(name, id, (await this.quietly(id)).calls, first + 1);
      }
    }
  }

  private quietly(id: string): Promise<RunResult> {
    return this.system.run(this.system.scheduleOf(id), this.input.tmpDir, false);
  }

  private async random(started: number): Promise<void> {
    const { total, of, part, firstSeed, sort, seconds = 0 } = this.input;
    const share = Math.ceil(total / of);
    const isOver = () => this.tally.schedules >= share && performance.now() - started >= seconds * 1000;
    for (let seed = firstSeed + part; !isOver() && !this.isStopped; seed += of)
      await this.run(this.system.random(seed, sort));
  }
}
