import type { DeliveryStatus } from '../channels/whatsapp/statuses.ts';
import { describeError, SendError } from '../core/errors.ts';
import { keyedHash } from '../core/log.ts';
import type { IngressPorts } from './ingress.ts';

/**
 * Notes what WhatsApp says became of our messages: a part whose answer was lost is then known to be accepted.
 * Failures are kept for an operator. False when something could not be noted: the webhook must come again.
 */
export async function noteStatuses(
  statuses: readonly DeliveryStatus[],
  ports: IngressPorts,
): Promise<boolean> {
  try {
    for (const status of statuses)
      await (status.status === 'failed' ? noteFailure : noteDelivery)(status, ports);
    return true;
  } catch (error) {
    ports.log.error('status_not_noted', { error: describeError(error) });
    return false;
  }
}

async function noteDelivery(status: DeliveryStatus, { openDelivery }: IngressPorts): Promise<void> {
  const { origin, messageId, recipientId } = status;
  const delivery = origin && (await openDelivery());
  if (!origin || !delivery) return;
  const key = { provider: 'whatsapp', eventId: origin.eventId, chatId: recipientId };
  await delivery.reported(key, origin.part, messageId, status.status);
}

async function noteFailure(
  status: DeliveryStatus,
  { config, failedEvents, log }: IngressPorts,
): Promise<void> {
  const { messageId, errorCodes } = status;
  log.warn('status_failed', { message_id: keyedHash(config.logHashKey, messageId), codes: errorCodes });
  const error = new SendError(
    `WhatsApp could not deliver a message: code ${errorCodes.join(', ')}`,
    'permanent',
  );
  const event = { provider: 'whatsapp', eventId: messageId, event: status.raw };
  await failedEvents.capture({ reason: 'status_failed', error, ...event }, log);
}
