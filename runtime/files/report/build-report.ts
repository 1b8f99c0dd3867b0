import type { RunSummary } from '../process/sink.ts';
import type { Report } from './model.ts';
import { duration } from './text.ts';

/** What a caller says about a delivery; carried as given. */
export interface Delivery {
  readonly casillaId?: number;
  readonly emisorId?: number;
  /** `email`, `sftp`, `direct_upload`, `portal_upload` or `api`. */
  readonly metodoEnvio?: string;
}

/** `report.json` of a run that has ended (contract files §7). */
export function buildReport({ spec, result, ...details }: RunSummary, delivery: Delivery = {}): Report {
  const { timings, counts } = result;
  const statistics = result.files.map(
    ({ filename, records, errors, warnings, state }) =>
      [filename, { records, errors, warnings, state }] as const,
  );
  return {
    schema_version: 1,
    execution_id: result.execution_id,
    specification: { name: spec.name, version: spec.version },
    execution_info: {
      start_time: timings.started_at,
      end_time: timings.ended_at,
      duration: duration(timings.duration_ms),
      log_directory: '.',
      casilla_id: delivery.casillaId ?? null,
      emisor_id: delivery.emisorId ?? null,
      metodo_envio: delivery.metodoEnvio ?? null,
    },
    summary: {
      total_records: counts.records,
      errors: counts.errors,
      warnings: counts.warnings,
      messages: counts.messages,
      success_rate: result.success_rate,
      status: result.verdict,
    },
    files: {
      statistics: Object.fromEntries(statistics),
      missing_files: result.missing_files,
      format_errors: result.format_errors,
    },
    validation: { failures: details.failures, skipped_rules: details.skipped },
    events: details.events,
    rules: result.rules,
    profile: details.profile,
    limits_hit: result.limits_hit,
  };
}
