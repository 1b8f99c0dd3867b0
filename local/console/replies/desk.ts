import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { TWILIO_URL } from '../../../runtime/channels/twilio/account.ts';
import { sendText } from '../../../runtime/channels/twilio/send.ts';
import type { AwsClient } from '../../../runtime/core/aws-errors.ts';
import { systemClock } from '../../../runtime/core/clock.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { releaseHandOff } from '../../../runtime/replies/release-hand-off.ts';
import { Problem } from '../../problem.ts';
import { PUBLIC_URL } from '../../replies/engine.ts';
import { COMPANY_NUMBER } from '../../replies/people.ts';
import type { RepliesSecrets } from '../../replies/secrets.ts';
import type { RepliesResources } from './cloud.ts';
import { type HandOff, removeHandOffs, waitingHandOffs } from './human-queue.ts';

const SEND_SECONDS = 10;

/** What the desk works on. */
export interface DeskCloud {
  readonly dynamodb: AwsClient;
  readonly sqs: AwsClient;
  readonly resources: Pick<RepliesResources, 'conversations' | 'humanQueue'>;
}

export interface DeskOptions {
  readonly cloud: DeskCloud;
  readonly secrets: RepliesSecrets;
  /** Of the Twilio stand-in. */
  readonly fetch: typeof fetch;
}

/**
 * Answers a message of the human queue as a person of the company: sends through Twilio, notes the answer in the
 * record, gives the conversation back to the engine, and takes its messages out of the queue. `Problem`: nothing of
 * it was done.
 */
export async function answerHandOff(id: string, text: string, options: DeskOptions): Promise<void> {
  const { cloud } = options;
  const { humanQueue } = cloud.resources;
  const waiting = await waitingHandOffs(cloud.sqs, humanQueue);
  const handOff = waiting.find((each) => each.id === id);
  if (!handOff) throw new Problem('This message is not in the queue any more.');
  const sid = await send(handOff, text, options);
  await release(handOff, text, sid, options);
  const same = waiting.filter(({ conversationId }) => conversationId === handOff.conversationId);
  await removeHandOffs(cloud.sqs, humanQueue, same);
}

async function send(
  { sender: to }: HandOff,
  body: string,
  { secrets: { accountSid, authToken }, fetch }: DeskOptions,
): Promise<string> {
  const net = { fetch, clock: systemClock, timeoutSeconds: SEND_SECONDS };
  const message = { from: COMPANY_NUMBER, to, body, statusCallback: `${PUBLIC_URL}/status` };
  const deadlineMillis = Date.now() + SEND_SECONDS * 1000;
  try {
    return await sendText(net, { accountSid, authToken, baseUrl: TWILIO_URL }, message, { deadlineMillis });
  } catch (error) {
    throw new Problem(`Twilio’s stand-in did not take the answer: ${(error as Error).message}`);
  }
}

/** The entry first: the engine must not answer without having seen it. */
async function release(
  { primaryChannel, conversationId }: HandOff,
  content: string,
  sid: string,
  { cloud }: DeskOptions,
): Promise<void> {
  const { dynamodb, resources } = cloud;
  const now = new Date().toISOString();
  const entry = { message_id: sid, timestamp: now, role: 'assistant', content, part_sids: [sid] };
  const key = { primaryChannel, conversationId };
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: resources.conversations,
      Key: storedItem({ primary_channel: primaryChannel, conversation_id: conversationId }),
      ConditionExpression: 'attribute_exists(conversation_id)',
      UpdateExpression:
        'SET messages = list_append(messages, :entries), conversation_status = :sent, updated_at = :now ' +
        'REMOVE failure_reason',
      ExpressionAttributeValues: storedItem({ ':entries': [entry], ':sent': 'reply_sent', ':now': now }),
    }),
  );
  await releaseHandOff({ key }, dynamodb, resources.conversations, systemClock);
}
