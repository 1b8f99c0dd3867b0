import type { RecordKey } from './record.ts';

/** What wakes the worker (contract replies §5.1). */
export interface Trigger extends RecordKey {
  /** How often it was put off. */
  readonly deferrals: number;
  readonly traceparent: string | undefined;
}

/** The channel queue, as those who send to it need it. */
export interface TriggerQueue {
  /** `delaySeconds` 0 to 900. Throws `RepliesError` by class. */
  send(trigger: Trigger, delaySeconds: number): Promise<void>;
}
