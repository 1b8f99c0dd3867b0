import type {
  CatalogProfile,
  ReportEvent,
  ReportFailure,
  SkippedLevel,
  SkippedRule,
} from '../report/model.ts';
import type { Catalog, Spec, Value } from '../spec/types.ts';
import type { OutputFile, ProcessResult } from './result.ts';

/**
 * Who writes the outputs of a run (contract files §7). Calls come one after another: each is awaited before the next.
 * A call that rejects ends the run.
 */
export interface RunSink {
  /** False: `begin`, `accepted` and `rejected` are never called, which may spare a pass over the file. */
  readonly takesRows: boolean;
  /**
   * The rows of a catalog follow. Called again for the same catalog when a later pass decides anew: what was
   * given of it before is void then.
   */
  begin(catalog: Catalog, file: string): void | Promise<void>;
  /** Rows without an error, in the file's order and the order of the fields. The arrays are used again afterwards. */
  accepted(catalog: Catalog, rows: readonly (readonly Value[])[]): void | Promise<void>;
  /** Rows with at least one error. */
  rejected(catalog: Catalog, rows: readonly RejectedRow[]): void | Promise<void>;
  /** Lines of `failures.ndjson`, each a `Failure` and a line feed: every failure, within the limits of §5.1. */
  failureLines(ndjson: string): void | Promise<void>;
  event(event: ReportEvent): void | Promise<void>;
  /** Ends the run; answers the files written. Not called when the run fails. */
  finish(summary: RunSummary): readonly OutputFile[] | Promise<readonly OutputFile[]>;
  /** Ends the sink, whether the run did or not. */
  close(): void | Promise<void>;
}

/** A row with an error, as it stands in the file: of a refused record all its cells, else one per field. */
export interface RejectedRow {
  readonly line: number;
  readonly cells: readonly (string | null)[];
  /** Codes of its errors and ids of its failed rules, each once. */
  readonly codes: readonly string[];
}

/** One failure of a check or rule. `value` is shortened to 200 characters, and `***` where the field is sensitive. */
export interface Failure extends ReportFailure {
  /** Id of the catalog; null: the failure is not of one catalog. */
  readonly catalog: string | null;
  /** Rows that it stands for: 1, or at catalog and package level all that failed the rule. */
  readonly rows: number;
  /** At catalog and package level the first rows that failed. */
  readonly samples: readonly FailureSample[];
}

export interface FailureSample {
  readonly line: number;
  /** The values that the rule read there, as `field=value`; shortened and masked like `value`. */
  readonly value: string;
}

/** Everything that the reports are drawn from when the run has ended. */
export interface RunSummary {
  readonly spec: Spec;
  /** Without `outputs`. */
  readonly result: Omit<ProcessResult, 'outputs'>;
  /** Limited details (§5.1): at most 10 of a rule where the file has more than 30 rows. */
  readonly failures: readonly Failure[];
  readonly events: readonly ReportEvent[];
  readonly profile: readonly CatalogProfile[];
  readonly skipped: Readonly<Record<SkippedLevel, readonly SkippedRule[]>>;
}

/** Writes nothing: for verdicts alone. */
export const NO_OUTPUT: RunSink = {
  takesRows: false,
  begin: () => {},
  accepted: () => {},
  rejected: () => {},
  failureLines: () => {},
  event: () => {},
  finish: () => [],
  close: () => {},
};
