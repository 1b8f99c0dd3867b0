import type { Clock } from '../core/clock.ts';
import type { ProcessResult } from './process/result.ts';
import type { Delivery } from './report/build-report.ts';
import type { RunPorts } from './run/ports.ts';
import { type SecretsClient, secretUser, type UseSecret } from './use-secret.ts';

/** A delivery that was checked and has no errors; its outputs are not published yet. */
export interface CheckedDelivery {
  readonly executionId: string;
  readonly result: ProcessResult;
  /** Folder with the outputs of contract files §7, but for the manifest; it is removed after the run. */
  readonly outputsFolder: string;
  readonly sender: Delivery & { readonly casillaId: number };
}

export interface AfterRunTools {
  readonly useSecret: UseSecret;
  /** Aborts when the step's time is over, or the run has to stop. */
  readonly signal: AbortSignal;
}

/**
 * A step after a delivery without errors that names its mailbox (contract files §7), to load a database for example.
 * It may run again for the same execution. What it throws is a warning and changes no verdict.
 */
export type AfterRun = (checked: CheckedDelivery, tools: AfterRunTools) => Promise<void>;

/** The step as a run takes it. */
export function withSecrets(
  afterRun: AfterRun | undefined,
  clock: Clock,
  client: SecretsClient,
): Pick<RunPorts, 'afterRun'> {
  if (!afterRun) return {};
  const useSecret = secretUser(clock, client);
  return { afterRun: (checked, signal) => afterRun(checked, { useSecret, signal }) };
}
