import type { Conversation } from './record.ts';
import type { Trigger } from './trigger.ts';
import type { WorkerPorts } from './worker.ts';

/**
 * The last look after a lease was given back (contract replies §3.2 step 14): the lock goes first, so that what is
 * staged after the look sends its own trigger; what the look finds gets one at once.
 */
export async function followUp(
  trigger: Trigger,
  { processedSids }: Conversation,
  doneSids: readonly string[],
  { stage, triggers, triggerLock, config, log }: WorkerPorts,
): Promise<void> {
  const { conversationId } = trigger;
  await triggerLock.clear(conversationId);
  const done = new Set([...processedSids, ...doneSids]);
  const waiting = (await stage.list(conversationId)).filter(
    (row) => row.route === 'channel' && !done.has(row.messageSid),
  );
  if (waiting.length === 0) return;
  await triggerLock.put(conversationId, config.batchWindowSeconds + config.ttlBufferSeconds);
  const traceparent = waiting[0]?.traceparent ?? trigger.traceparent;
  await triggers.send({ ...trigger, deferrals: 0, traceparent }, 0);
  log.info('follow_up_triggered', { rows: waiting.length });
}
