import type { TwilioInbound } from '../channels/twilio/inbound.ts';
import { describeError } from '../core/errors.ts';
import { finishRoute } from './finish-route.ts';
import { newRow } from './new-row.ts';
import { confirmOptOut } from './notices.ts';
import type { Conversation } from './record.ts';
import { routeOf } from './routes.ts';
import type { TwilioCredentials } from './secrets.ts';
import type { StagedRow } from './staged.ts';
import { wishOf } from './stop-words.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** A genuine message of a known conversation. */
export interface KnownMessage {
  readonly inbound: TwilioInbound;
  readonly conversation: Conversation;
  readonly credentials: TwilioCredentials;
  readonly receivedMillis: number;
  readonly traceparent: string;
}

/**
 * Stages a message, then sees to it as its route says (contract replies §3.1 steps 7 to 9). A repeat goes on where
 * the first call ended. Throws `RepliesError`; what is staged by then the sweeper finishes.
 */
export async function acceptMessage(message: KnownMessage, ports: WebhookPorts): Promise<void> {
  const { config, log, metrics, stage } = ports;
  const { inbound } = message;
  const conversation = await asItStands(message, ports);
  if (conversation.processedSids.has(inbound.messageSid)) {
    metrics.count('DuplicateMessage');
    log.info('message_repeated', { rule: 'duplicate_sid', staged: false });
    return;
  }
  const wish = wishOf(inbound, conversation.isOptedOut, config.stopWords);
  const made = newRow({ ...message, conversation, wish, route: routeOf(conversation, wish) }, config);
  const put = await stage.put(made);
  if (put.status === 'staged') {
    log.info('message_staged', { route: made.route });
    // For the route `opted_out` it was read a moment ago.
    const there = made.route === 'human' ? await current(made, conversation, ports) : conversation;
    return seeTo(made, there, message, ports);
  }
  metrics.count('DuplicateMessage');
  log.info('message_repeated', { rule: 'duplicate_sid', staged: true });
  return seeTo(put.row, await current(put.row, conversation, ports), message, ports);
}

/** The index may lag behind a STOP or a START that was said a moment ago: what either decides is read from the table. */
async function asItStands({ inbound, conversation }: KnownMessage, { config, conversations }: WebhookPorts) {
  const isAboutOptOut = conversation.isOptedOut || wishOf(inbound, true, config.stopWords) !== undefined;
  return isAboutOptOut ? ((await conversations.get(conversation.key)) ?? conversation) : conversation;
}

/** The index may lag behind the call that this one repeats; a person would be told twice. */
async function current(row: StagedRow, known: Conversation, { conversations }: WebhookPorts) {
  return row.route === 'channel' ? known : ((await conversations.get(known.key)) ?? known);
}

async function seeTo(
  row: StagedRow,
  conversation: Conversation,
  { inbound, credentials }: KnownMessage,
  ports: WebhookPorts,
): Promise<void> {
  if (row.route === 'channel') return trigger(row, ports);
  const result = await finishRoute(row, conversation, ports);
  ports.log.info('message_recorded', { rule: row.route === 'human' ? 'human_route' : 'opted_out' });
  const isNews = result === 'finished' && row.wish === 'out' && !conversation.isOptedOut;
  if (isNews && !inbound.optOutType) await confirmOptOut(inbound, credentials, ports);
}

/** One trigger a window. A lock without its trigger would keep the next messages waiting, so it does not stay. */
async function trigger(row: StagedRow, { config, log, locks, triggers }: WebhookPorts): Promise<void> {
  const { conversationId, primaryChannel, traceparent } = row;
  const lock = await locks.acquire(conversationId, config.batchWindowSeconds + config.ttlBufferSeconds);
  if (!lock) return;
  try {
    await triggers.send(
      { conversationId, primaryChannel, deferrals: 0, traceparent },
      config.batchWindowSeconds,
    );
  } catch (error) {
    await locks.release(lock).catch((cause: unknown) => {
      log.warn('trigger_lock_left', { error: describeError(cause) });
    });
    throw error;
  }
  log.info('trigger_sent', { delay_s: config.batchWindowSeconds });
}
