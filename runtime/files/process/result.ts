import type { FormatFault, RuleOutcome, Status } from '../report/model.ts';

/** What a run answers, JSON throughout (contract files §3.5). */
export interface ProcessResult {
  readonly execution_id: string;
  readonly verdict: Status;
  /** 0: no errors (warnings allowed); 1: data errors. What is 2, a critical fault, is thrown instead. */
  readonly exit_code: 0 | 1;
  readonly counts: RunCounts;
  /** Share of records without a failure of severity error, 0 to 100 with two decimals; without records 100, or 0 where there are errors. */
  readonly success_rate: number;
  readonly files: readonly FileResult[];
  readonly rules: readonly RuleOutcome[];
  /** Faults of a file as a whole; faults of single rows are failures. */
  readonly format_errors: readonly FormatFault[];
  readonly missing_files: readonly MissingFile[];
  readonly outputs: readonly OutputFile[];
  readonly timings: Timings;
  /** Codes of the limits that cut something short. */
  readonly limits_hit: readonly string[];
}

/** Exact, however many details are shown. */
export interface RunCounts {
  readonly records: number;
  readonly errors: number;
  readonly warnings: number;
  readonly messages: number;
}

/** `Faltante`: a member of the package is missing; `Error`: the file cannot be read at all. */
export type FileState = 'Procesado' | 'Faltante' | 'Error';

export interface FileResult {
  /** As delivered, or as the catalog has it where it is missing. */
  readonly filename: string;
  readonly catalog: string;
  readonly records: number;
  readonly errors: number;
  readonly warnings: number;
  readonly state: FileState;
}

export interface MissingFile {
  readonly filename: string;
  /** Id of the package, or of the catalog where no package was chosen. */
  readonly package: string;
}

export interface OutputFile {
  /** Relative to the execution's outputs, `/`-separated. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

export interface Timings {
  /** ISO 8601 in UTC. */
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_ms: number;
}
