import { describeError } from '../../core/errors.ts';
import type { CheckedDelivery } from '../after-run.ts';
import { FilesError } from '../errors.ts';
import { say } from '../messages.ts';
import type { Delivery } from '../report/build-report.ts';
import { localeOf } from './locale-of.ts';
import type { Run } from './run-execution.ts';
import { MARGIN_MILLIS } from './stop.ts';

/** The longest that the step may take; and what must be left after it, so that the outputs can be stored. */
const MAX_MILLIS = 600_000;
const UPLOAD_MILLIS = 30_000;

type Checked = Omit<CheckedDelivery, 'executionId' | 'sender'> & { readonly sender: Delivery };

/**
 * Runs the step after a delivery without errors, if there is one (contract files §7). Its failure is logged and noted
 * in the reports; only what stops the run itself is thrown: the reason of `signal`.
 */
export async function stepAfter(
  run: Run,
  { sender, ...checked }: Checked,
  signal: AbortSignal,
): Promise<void> {
  const { afterRun, log, newId } = run.ports;
  const { casillaId } = sender;
  if (!afterRun || casillaId === undefined || checked.result.counts.errors > 0) return;
  const { executionId } = run.record;
  try {
    await inTime(run, signal, (both) =>
      afterRun({ ...checked, executionId, sender: { ...sender, casillaId } }, both),
    );
  } catch (error) {
    signal.throwIfAborted();
    const errorId = newId();
    log.warn('after_run_failed', { error_id: errorId, error: describeError(error) });
    await note(run, checked.outputsFolder, errorId);
  }
}

/** Ends with the work, its time, or `signal`: work that hangs must not cost the delivery its verdict. */
async function inTime(
  { ports: { clock }, deadlineMillis = Number.POSITIVE_INFINITY }: Run,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = deadlineMillis - MARGIN_MILLIS - UPLOAD_MILLIS - clock.nowMillis();
  const millis = Math.max(0, Math.min(MAX_MILLIS, left));
  const tooSlow = new FilesError('AFTER_RUN_TOO_SLOW', 'permanent', { seconds: Math.floor(millis / 1000) });
  if (millis === 0) throw tooSlow;
  const [limit, over] = [new AbortController(), new AbortController()];
  const both = AbortSignal.any([signal, limit.signal]);
  const stopped = new Promise<never>((_resolve, reject) => {
    both.addEventListener('abort', () => reject(both.reason), { once: true, signal: over.signal });
  });
  clock.sleep(millis, over.signal).then(
    () => limit.abort(tooSlow),
    () => undefined,
  );
  try {
    signal.throwIfAborted();
    await Promise.race([work(both), stopped]);
    signal.throwIfAborted();
  } finally {
    over.abort();
  }
}

async function note(run: Run, outputsFolder: string, errorId: string): Promise<void> {
  const { clock, log } = run.ports;
  const values = { error_id: errorId };
  try {
    const { addEvent } = await import('../report/add-event.ts');
    await addEvent(outputsFolder, {
      timestamp: new Date(clock.nowMillis()).toISOString(),
      severity: 'warning',
      message: say(localeOf(run), 'AFTER_RUN_FAILED', values),
      details: { code: 'AFTER_RUN_FAILED', ...values },
    });
  } catch (error) {
    log.warn('after_run_not_noted', { error: describeError(error) });
  }
}
