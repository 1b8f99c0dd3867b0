import type { RedriveMode } from '../config.ts';
import type { DispatchPorts } from '../orchestrate/dispatch-record.ts';
import type { Publication } from '../run/ports.ts';
import type { FilesMetrics } from '../store/metrics.ts';

/** An invocation that failed or was dropped, as Lambda's destination tells it. */
export interface FailedInvocation {
  readonly executionId: string;
  readonly attempt: number;
  /** Lambda's word for it, for example `EventAgeExceeded`. */
  readonly condition: string;
  /** It needs no more attention. */
  done(): Promise<void>;
}

export interface DetectorPorts extends Omit<DispatchPorts, 'dispatcher'> {
  /** Undefined on a host without Lambda: its daemon takes what is due itself. */
  readonly dispatcher: DispatchPorts['dispatcher'] | undefined;
  readonly publication: Publication;
  readonly metrics: FilesMetrics;
  /** Failed invocations that wait to be looked at; none without a queue. */
  readonly failures: () => Promise<readonly FailedInvocation[]>;
  readonly redrive: RedriveMode;
  readonly maxEventAgeSeconds: number;
  readonly lockTtlSeconds: number;
}
