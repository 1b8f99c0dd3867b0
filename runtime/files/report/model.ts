import type { FileResult, MissingFile } from '../process/result.ts';
import type { Severity } from '../spec/types.ts';

/** `report.json` (contract files §7); every other report is drawn from it. Paths are relative, values shortened. */
export interface Report {
  /** Of this shape; grows when a key changes its meaning. */
  readonly schema_version: 1;
  readonly execution_id: string;
  readonly specification: { readonly name: string; readonly version: string };
  readonly execution_info: {
    /** ISO 8601 in UTC, as all times here. */
    readonly start_time: string;
    readonly end_time: string;
    /** `HH:MM:SS`. */
    readonly duration: string;
    readonly log_directory: string;
    readonly casilla_id: number | null;
    readonly emisor_id: number | null;
    readonly metodo_envio: string | null;
  };
  readonly summary: {
    readonly total_records: number;
    readonly errors: number;
    readonly warnings: number;
    readonly messages: number;
    /** Share of records without a failure of severity error, 0 to 100. */
    readonly success_rate: number;
    readonly status: Status;
  };
  readonly files: {
    readonly statistics: Readonly<Record<string, FileStatistics>>;
    readonly missing_files: readonly MissingFile[];
    readonly format_errors: readonly FormatFault[];
  };
  readonly validation: {
    /** At most as many of a rule as its details are limited to; the counts in `rules` are exact. */
    readonly failures: readonly ReportFailure[];
    readonly skipped_rules: Readonly<Record<SkippedLevel, readonly SkippedRule[]>>;
  };
  readonly events: readonly ReportEvent[];
  readonly rules: readonly RuleOutcome[];
  readonly profile: readonly CatalogProfile[];
  /** Codes of the limits that cut something short. */
  readonly limits_hit: readonly string[];
}

export const STATUSES = ['Éxito', 'Parcial', 'Fallido'] as const;
/** The business label of an execution (contract files §2). */
export type Status = (typeof STATUSES)[number];

export type FileStatistics = Omit<FileResult, 'filename' | 'catalog'>;

export interface FormatFault {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  /** Physical line, or null where the fault is the whole file's. */
  readonly line: number | null;
  readonly expected: string | number | null;
  readonly found: string | number | null;
}

export interface ReportFailure {
  readonly timestamp: string;
  readonly severity: Severity;
  readonly message: string;
  /** Stable code. */
  readonly type: string;
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly value: string | null;
  /** Id of the rule; null: a built-in check. */
  readonly rule: string | null;
}

export type SkippedLevel = 'field_rules' | 'row_rules' | 'catalog_rules' | 'package_rules';

export interface SkippedRule {
  readonly rule: string;
  readonly name: string;
  readonly reason: string;
}

export interface ReportEvent {
  readonly timestamp: string;
  readonly severity: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RuleOutcome {
  readonly id: string;
  readonly level: string;
  readonly name: string;
  readonly severity: Severity;
  /** Rows, or for a rule of one verdict 1. */
  readonly evaluated: number;
  readonly failed: number;
  /** Why it did not run; null: it ran. */
  readonly skipped: string | null;
  /** Code of a rule that could not be evaluated. */
  readonly error: string | null;
}

export interface CatalogProfile {
  readonly catalog: string;
  readonly file: string;
  readonly records: number;
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly field: string;
  readonly type: string;
  readonly values: number;
  readonly nulls: number;
  /** Cells that are not of the type. */
  readonly invalid: number;
  /** Least and greatest value, or for texts shortest and longest length; null without values. */
  readonly min: string | number | null;
  readonly max: string | number | null;
  /** Of numbers. */
  readonly mean: number | null;
}
