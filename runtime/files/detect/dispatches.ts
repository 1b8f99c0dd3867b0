import { MAX_ATTEMPTS } from '../backoff.ts';
import { dispatchToLambda, refusedByLambda, waitAndRetry } from '../orchestrate/dispatch-record.ts';
import type { ExecutionRecord } from '../store/execution-record.ts';
import { bury } from './judge.ts';
import type { DetectorPorts } from './ports.ts';

/** Of one pass: a pass is made once a minute. */
const MAX_DISPATCHES = 20;
/** What fits only on a host waits so long for one. */
const LOCAL_WAIT_SECONDS = 86_400;

/** Dispatches of one pass, within their limit. */
export class Dispatches {
  count = 0;

  constructor(private readonly ports: DetectorPorts) {}

  /** A due one; what has used up its attempts is given up. */
  async again(record: ExecutionRecord): Promise<void> {
    const { redrive, clock } = this.ports;
    if (redrive === 'dry-run') return this.wouldDispatch(record);
    if (record.cancelRequestedAt !== undefined) return bury(record, 'CANCELLED', 'cancelled', this.ports);
    // A silent attempt has no class; one that an operator runs again has that of its end.
    if (record.attempt >= MAX_ATTEMPTS && record.errorClass === undefined)
      return bury(record, 'STALE', 'attempts used up', this.ports);
    if (record.errorClass !== 'RESOURCE') return this.send(record, record.reason ?? 'retry');
    // Lambda is too small for it: a daemon takes it.
    if (clock.nowMillis() - Date.parse(record.updatedAt) > LOCAL_WAIT_SECONDS * 1000)
      await bury(record, 'RESOURCE', 'no host took it', this.ports);
  }

  async send(record: ExecutionRecord, reason: string): Promise<void> {
    const { dispatcher, redrive } = this.ports;
    if (redrive === 'dry-run') return this.wouldDispatch(record);
    if (redrive === 'paused' || dispatcher === undefined || this.count >= MAX_DISPATCHES) return;
    this.count += 1;
    const ports = { ...this.ports, dispatcher };
    const dispatched = await dispatchToLambda(record, reason, ports);
    if (dispatched.status === 'busy') await waitAndRetry(dispatched.record, dispatched.cause, ports);
    if (dispatched.status === 'refused') await refusedByLambda(dispatched.record, ports);
  }

  private wouldDispatch({ executionId: execution_id, attempt }: ExecutionRecord): void {
    this.ports.log.info('would_dispatch', { execution_id, attempt });
  }
}
