import { randomBytes } from 'node:crypto';
import type { TwilioInbound } from '../channels/twilio/inbound.ts';
import type { WebhookConfig } from './config.ts';
import type { Conversation } from './record.ts';
import type { Route, StagedRow } from './staged.ts';
import type { Wish } from './stop-words.ts';

/** A message that is to be staged. */
export interface NewMessage {
  readonly inbound: TwilioInbound;
  readonly conversation: Conversation;
  readonly route: Route;
  readonly wish: Wish | undefined;
  readonly receivedMillis: number;
  readonly traceparent: string;
}

type Times = Pick<WebhookConfig, 'batchWindowSeconds'>;

/** The sweeper looks at a row that is older than the batching window and this. */
const DUE_AFTER_WINDOW_SECONDS = 60;

/** The message as one row of the stage table (contract replies §4.4). */
export function newRow(message: NewMessage, { batchWindowSeconds }: Times): StagedRow {
  const { inbound, conversation, route, wish, receivedMillis, traceparent } = message;
  return {
    conversationId: conversation.conversationId,
    messageSid: inbound.messageSid,
    primaryChannel: conversation.key.primaryChannel,
    receivedAt: new Date(receivedMillis).toISOString(),
    receivedSeq: sequence(receivedMillis),
    body: inbound.body,
    media: inbound.media.map(({ contentType, url }) => ({ contentType, ref: url })),
    location: inbound.location && { address: undefined, label: undefined, ...inbound.location },
    button: inbound.button && { payload: undefined, ...inbound.button },
    profileName: inbound.profileName,
    waId: inbound.waId,
    replyToSid: inbound.repliedToSid,
    route,
    wish,
    dueAtSeconds: Math.floor(receivedMillis / 1000) + batchWindowSeconds + DUE_AFTER_WINDOW_SECONDS,
    sweptAt: undefined,
    isTold: false,
    traceparent,
  };
}

let counter = 0;

/** Orders messages of one millisecond as this container took them; sorts as text. */
function sequence(receivedMillis: number): string {
  counter = (counter + 1) % 1_000_000;
  const [time, place] = [String(receivedMillis).padStart(15, '0'), String(counter).padStart(6, '0')];
  return `${time}-${place}-${randomBytes(4).toString('hex')}`;
}
