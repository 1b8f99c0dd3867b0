import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { queueText } from '../core/json.ts';
import { textForModel } from './collect.ts';
import { queueError } from './errors.ts';
import { REPLIES_VERSION } from './pending-turn.ts';
import type { Conversation } from './record.ts';

/** What a person gets to see of a conversation that was handed to them (contract replies §5.1). */
export interface HumanMessage {
  readonly conversation: Conversation;
  readonly messageSids: readonly string[];
  readonly receivedAt: string;
  readonly body: string;
  readonly reason: string;
  /** What the model would have answered, or what of the reply was not sent. */
  readonly draftReply?: string | undefined;
}

/** The human queue; a message may come twice, and its sids tell. Throws `RepliesError` by class. */
export interface HumanQueue {
  send(message: HumanMessage): Promise<void>;
}

export function sqsHumanQueue(sqs: AwsClient, queueUrl: string, clock: Clock): HumanQueue {
  return {
    async send(message) {
      const whole = queueText(humanBody(message, MAX_BODY_UNITS));
      const isFitting = Buffer.byteLength(whole) <= MAX_BYTES;
      const MessageBody = isFitting ? whole : queueText(humanBody(message, MAX_BODY_UNITS / 4));
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody });
      try {
        await callAws(clock, 'sqs:SendMessage', () => sqs.send(command));
      } catch (error) {
        throw queueError(error);
      }
    },
  };
}

/** The 256 KB that a queue may be limited to, less its attributes. */
const MAX_BYTES = 256_000;
/** With the draft below that; a quarter is, too, where each character is six bytes. The record keeps the text whole. */
const MAX_BODY_UNITS = 40_000;

function humanBody(
  { conversation, messageSids, receivedAt, body, reason, draftReply }: HumanMessage,
  maxBodyUnits: number,
) {
  const { data } = conversation;
  return {
    conversation_id: conversation.conversationId,
    primary_channel: conversation.key.primaryChannel,
    channel_type: 'whatsapp',
    message_sids: messageSids,
    received_at: receivedAt,
    sender_id: conversation.userAddress,
    recipient_id: conversation.companyAddress,
    body: textForModel(body, maxBodyUnits),
    handoff_reason: reason,
    // As the record has them: numbers stay JSON numbers.
    company_id: data.company_id,
    project_id: data.project_id,
    thread_id: conversation.threadId ?? null,
    draft_reply: draftReply,
    v: REPLIES_VERSION,
  };
}
