import type { FaultKind } from './fault-kinds.ts';

/** One run of a function in a container, as far as every system's simulation knows it. */
export interface FunctionRun {
  readonly requestId: string;
  status: 'running' | 'ok' | 'error' | 'died';
  /** Places (in the world's order of happenings) at which a fault befell it. */
  readonly faultsAt: number[];
  /** Calls that fail to the end of this run. */
  readonly sticky: Map<string, FaultKind>;
}
