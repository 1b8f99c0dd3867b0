import type { Clock } from '../../core/clock.ts';
import { type FilesCode, type Locale, say } from '../messages.ts';
import type { Source } from '../read/types.ts';
import type { ReportEvent } from '../report/model.ts';
import type { MessageValues, Problem, Spec } from '../spec/types.ts';
import type { Progress, RunContext } from './catalog-run.ts';
import { openDelivery } from './delivery.ts';
import { FAILURE_LIMITS, FailureList } from './failures.ts';
import { KeySpace } from './key-set.ts';
import { PackageRun } from './package-run.ts';
import type { ProcessResult, RunCounts } from './result.ts';
import type { RunSink, RunSummary } from './sink.ts';

export interface RunLimits {
  /** Memory that the run may use, in MB of 2^20 bytes; 60 % of it is for keys of unique checks and memberships. Default 2048. */
  readonly memoryMb: number;
  /** Failures in the full list. Default 1,000,000. */
  readonly failureEntries: number;
  /** Bytes of the full list. Default 64,000,000. */
  readonly failureBytes: number;
}

export interface DeliveryInput {
  readonly spec: Spec;
  /** Lints of the specification, for the log. */
  readonly problems: readonly Problem[];
  readonly inputs: readonly Source[];
  /** Id of a package or catalog; undefined: by kind and name. */
  readonly wanted: string | undefined;
  readonly executionId: string;
  readonly locale: Locale;
  readonly limits: Partial<RunLimits>;
  readonly clock: Clock;
  readonly sink: RunSink;
  /** An empty folder of the run's own. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const DEFAULT_MEMORY_MB = 2048;
const KEY_SHARE = 0.6;
const MIB = 2 ** 20;
const DAY_MS = 86_400_000;

/** One delivery from the choice of its catalogs to its outputs. */
export async function runDelivery(input: DeliveryInput): Promise<ProcessResult> {
  const { clock, limits, scratch, sink } = input;
  const startedMs = clock.nowMillis();
  const memoryMb = limits.memoryMb ?? DEFAULT_MEMORY_MB;
  const space = new KeySpace(memoryMb * MIB * KEY_SHARE, scratch);
  const events = new Events(input);
  const failures = new FailureList(
    sink,
    {
      entries: limits.failureEntries ?? FAILURE_LIMITS.entries,
      bytes: limits.failureBytes ?? FAILURE_LIMITS.bytes,
    },
    input.locale,
    () => new Date(clock.nowMillis()),
  );
  const reading = { scratch, ...(input.signal && { signal: input.signal }) };
  const { delivery, close } = await openDelivery(input.spec, input.inputs, input.wanted, reading);
  try {
    for (const problem of input.problems) await events.problem(problem);
    const context: RunContext = {
      sink,
      failures,
      space,
      reading,
      onProgress: input.onProgress ?? (() => {}),
      tell: (code, values) => events.tell(code, values),
    };
    const today = Math.floor(startedMs / DAY_MS) * DAY_MS;
    const run = new PackageRun(delivery, context, { today, elapsedMs: () => clock.nowMillis() });
    await run.run();
    return await finish(input, run, { events, failures, startedMs });
  } finally {
    space.close();
    await close();
  }
}

interface Ending {
  readonly events: Events;
  readonly failures: FailureList;
  readonly startedMs: number;
}

async function finish(input: DeliveryInput, run: PackageRun, ending: Ending): Promise<ProcessResult> {
  const result = resultOf(input, run, ending);
  const { verdict, counts } = result;
  await ending.events.tell('RUN_DONE', { verdict, ...counts });
  const summary: RunSummary = {
    spec: input.spec,
    result,
    failures: run.logs.flatMap(({ log, records }) => log.details(records)),
    events: ending.events.all,
    profile: run.runs.map((each) => each.profile()),
    skipped: run.skipped(),
  };
  return { ...result, outputs: await input.sink.finish(summary) };
}

function resultOf(
  { executionId, clock }: DeliveryInput,
  run: PackageRun,
  { failures, startedMs }: Ending,
): RunSummary['result'] {
  const counts = countsOf(run);
  const endedMs = clock.nowMillis();
  return {
    execution_id: executionId,
    verdict: counts.errors > 0 ? 'Fallido' : counts.warnings > 0 ? 'Parcial' : 'Éxito',
    exit_code: counts.errors > 0 ? 1 : 0,
    counts,
    success_rate: successRate(run, counts),
    files: run.files(),
    rules: run.rules.map((rule) => rule.outcome()),
    format_errors: run.formatErrors(),
    missing_files: run.missingFiles(),
    timings: {
      started_at: new Date(startedMs).toISOString(),
      ended_at: new Date(endedMs).toISOString(),
      duration_ms: endedMs - startedMs,
    },
    limits_hit: failures.isCut ? ['FAILURES_LIMIT'] : [],
  };
}

function countsOf({ logs, runs }: PackageRun): RunCounts {
  const counts = { records: 0, errors: 0, warnings: 0, messages: 0 };
  for (const { records } of runs) counts.records += records;
  for (const { log } of logs) {
    const { errors, warnings, messages } = log.counts();
    counts.errors += errors;
    counts.warnings += warnings;
    counts.messages += messages;
  }
  return counts;
}

function successRate({ runs }: PackageRun, { records, errors }: RunCounts): number {
  if (records === 0) return errors > 0 ? 0 : 100;
  const failed = runs.reduce((sum, { failedRecords }) => sum + failedRecords, 0);
  // A single bad record of very many is no full success.
  const share = Math.round(((records - failed) / records) * 10_000) / 100;
  return failed > 0 ? Math.min(share, 99.99) : share;
}

/** What happened, for the log and the report. */
class Events {
  readonly all: ReportEvent[] = [];

  constructor(private readonly input: DeliveryInput) {}

  async tell(code: FilesCode, values: MessageValues): Promise<void> {
    await this.#push('info', say(this.input.locale, code, values), { code, ...values });
  }

  /** A lint of the specification. */
  async problem({ code, severity, path, at, values }: Problem): Promise<void> {
    await this.#push(severity, say(this.input.locale, code, values), { code, path, ...at });
  }

  async #push(severity: string, message: string, details: ReportEvent['details']): Promise<void> {
    const timestamp = new Date(this.input.clock.nowMillis()).toISOString();
    const event = { timestamp, severity, message, details };
    this.all.push(event);
    await this.input.sink.event(event);
  }
}
