import { type FilesCode, type Locale, say } from '../messages.ts';
import type { MessageValues, Severity } from '../spec/types.ts';
import type { Check } from './faults.ts';
import type { RunCounts } from './result.ts';
import type { Failure, FailureSample, RunSink } from './sink.ts';

/** Failures that a run lists at the most (contract files §5.1). */
export interface FailureLimits {
  /** Default 1,000,000. */
  readonly entries: number;
  /** UTF-8 bytes of the list; default 64 MB. */
  readonly bytes: number;
}
export const FAILURE_LIMITS: FailureLimits = { entries: 1_000_000, bytes: 64_000_000 };

/** Details of a check or rule in a file of more than 30 rows; a shorter file shows all. */
const MOST_DETAILS = 10;
const SHORT_FILE_ROWS = 30;
const LONGEST_VALUE = 200;
export const MASK = '***';

/** A value as reports show it. */
export function shownValue(value: string, isSensitive: boolean): string {
  if (isSensitive) return MASK;
  if (value.length <= LONGEST_VALUE) return value;
  return `${value.slice(0, LONGEST_VALUE).toWellFormed()}…`;
}

/** Where a failure is, and what stands there. */
export interface Place {
  readonly line: number | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly rows?: number;
  readonly samples?: readonly FailureSample[];
}

/** The whole list of a run's failures: lines for the sink until a limit is met. */
export class FailureList {
  #lines: string[] = [];
  #entries = 0;
  #bytes = 0;
  #isCut = false;

  constructor(
    private readonly sink: RunSink,
    private readonly limits: FailureLimits,
    readonly locale: Locale,
    readonly now: () => Date,
  ) {}

  get isCut(): boolean {
    return this.#isCut;
  }

  push(failure: Failure): void {
    if (this.#isCut) return;
    const line = `${JSON.stringify(failure)}\n`;
    this.#bytes += Buffer.byteLength(line);
    this.#entries++;
    this.#isCut = this.#entries > this.limits.entries || this.#bytes > this.limits.bytes;
    if (!this.#isCut) this.#lines.push(line);
  }

  /** Hands what is there to the sink. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    await this.sink.failureLines(text);
  }
}

interface Tally {
  count: number;
  readonly details: Failure[];
  readonly most: number;
}

/** Failures of one file, or of the package as a whole: exact counts, few details (contract files §5.1). */
export class FailureLog {
  readonly #tallies = new Map<Check, Tally>();
  readonly #severities: Record<Severity, number> = { error: 0, warning: 0, message: 0 };
  #timestamp = '';

  constructor(
    private readonly list: FailureList,
    readonly file: string,
    private readonly catalog: string | null,
  ) {}

  /** Takes the time for the failures that follow. */
  tick(): void {
    this.#timestamp = this.list.now().toISOString();
  }

  /** `place` is asked only where the failure is shown. Values beside those of the check: `values`. */
  add(check: Check, place: () => Place, values: MessageValues = {}): void {
    this.#severities[check.severity]++;
    const tally = this.#tally(check);
    tally.count++;
    const isDetail = tally.details.length < tally.most;
    if (!isDetail && this.list.isCut) return;
    const failure = this.#failure(check, place(), values);
    if (isDetail) tally.details.push(failure);
    this.list.push(failure);
  }

  #tally(check: Check): Tally {
    const known = this.#tallies.get(check);
    if (known) return known;
    const most = Math.max(SHORT_FILE_ROWS, check.rule?.maxDetails ?? MOST_DETAILS);
    const tally = { count: 0, details: [], most };
    this.#tallies.set(check, tally);
    return tally;
  }

  #failure({ code, severity, rule, values: known }: Check, place: Place, values: MessageValues): Failure {
    if (this.#timestamp === '') this.tick();
    const { line, field, value, rows = 1, samples = [] } = place;
    const filled = { ...known, ...values, line: line ?? 0 };
    return {
      timestamp: this.#timestamp,
      severity,
      message:
        code === 'RULE_FAILED' && rule?.description ? rule.description : say(this.list.locale, code, filled),
      type: code,
      file: this.file,
      catalog: this.catalog,
      line,
      field,
      value,
      rule: rule?.id ?? null,
      rows,
      samples,
    };
  }

  counts(): Omit<RunCounts, 'records'> {
    const { error, warning, message } = this.#severities;
    return { errors: error, warnings: warning, messages: message };
  }

  /** The failures to show of a file with so many rows. */
  details(rows: number): readonly Failure[] {
    return [...this.#tallies].flatMap(([{ rule }, { details }]) =>
      rows <= SHORT_FILE_ROWS ? details : details.slice(0, rule?.maxDetails ?? MOST_DETAILS),
    );
  }
}

/** A check for something that is not of a field. */
export const plainCheck = (code: FilesCode, severity: Severity): Check => ({
  code,
  severity,
  fields: [],
  values: {},
  rule: undefined,
});
