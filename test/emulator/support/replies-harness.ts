import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  type TwilioWebhook,
  type TwilioWebhookOptions,
  twilioWebhook,
} from '../../../local/recordings/twilio.ts';
import { emulatorClient } from '../../../local/secrets.ts';
import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import { type Item, plainItem } from '../../../runtime/core/dynamodb-values.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';
import { keyedHash } from '../../../runtime/core/log.ts';
import { type Conversation, readConversation } from '../../../runtime/replies/record.ts';
import { recordR, stagedByHand } from '../../runtime/replies/records.ts';
import { newChat, sqsClient, until, world } from './harness.ts';
import { LOG_HASH_KEY, type RepliesOutputs } from './replies.ts';

/** A conversation that no other test has. */
export interface Talk {
  /** The user's number. */
  readonly user: string;
  readonly id: string;
}

export function deployed(): RepliesOutputs {
  const { replies } = world();
  if (!replies) throw new Error('This stand has no reply engine.');
  return replies;
}

export const dynamodb = () => new DynamoDBClient(emulatorClient(world().endpoint));

/** Record R of contract replies §13 for a user of its own, written as the sister service would. */
export async function seed(more: JsonRecord = {}): Promise<Talk> {
  const user = `+${newChat()}`;
  const requestId = randomUUID();
  const id = `ci-t-001#pi-t-001#${requestId}#15005550001`;
  const own = { request_id: requestId, recipient_tel: user, gsi_recipient_tel: user };
  const Item = recordR({ primary_channel: user, conversation_id: id, ...own, ...more });
  await dynamodb().send(new PutItemCommand({ TableName: deployed().conversations_table_name, Item }));
  return { user, id };
}

/** Stages a row by hand; as a test tool would, with the mandatory attributes and no others. */
export async function stage({ user, id }: Talk, more: JsonRecord = {}): Promise<void> {
  const expires_at = Math.floor(Date.now() / 1000) + 3600;
  const own = { conversation_id: id, primary_channel: user, received_at: new Date().toISOString() };
  const Item = stagedByHand({ ...own, expires_at, ...more });
  await dynamodb().send(new PutItemCommand({ TableName: deployed().stage_table_name, Item }));
}

/** Sends a trigger by hand. */
export async function trigger({ user, id }: Talk): Promise<void> {
  const MessageBody = JSON.stringify({ conversation_id: id, primary_channel: user });
  await sqsClient().send(new SendMessageCommand({ QueueUrl: deployed().whatsapp_queue_url, MessageBody }));
}

const keyOf = ({ user, id }: Talk) => ({ primary_channel: { S: user }, conversation_id: { S: id } });

export async function conversation(talk: Talk): Promise<Conversation> {
  const input = { TableName: deployed().conversations_table_name, Key: keyOf(talk), ConsistentRead: true };
  const { Item } = await dynamodb().send(new GetItemCommand(input));
  if (!Item) throw new Error('The record is gone.');
  return readConversation(Item as Item);
}

/** Sets attributes of a record as its owner would. */
export async function change(talk: Talk, name: string, value: Item[string]): Promise<void> {
  await dynamodb().send(
    new UpdateItemCommand({
      TableName: deployed().conversations_table_name,
      Key: keyOf(talk),
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value } as never,
    }),
  );
}

export const entries = async (talk: Talk): Promise<readonly JsonRecord[]> =>
  (await conversation(talk)).data.messages as readonly JsonRecord[];

async function rowsOf(TableName: string, { id }: Talk): Promise<readonly JsonRecord[]> {
  const { Items = [] } = await dynamodb().send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'conversation_id = :id',
      ExpressionAttributeValues: { ':id': { S: id } },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => plainItem(item as Item));
}

export const staged = (talk: Talk) => rowsOf(deployed().stage_table_name, talk);
export const locks = (talk: Talk) => rowsOf(deployed().trigger_lock_table_name, talk);
export const archived = (talk: Talk) => rowsOf(deployed().archive_table_name, talk);

/** Waits until the record has the status, as long as contract replies §13 allows or as is said. */
export const untilStatus = (talk: Talk, status: string, seconds = 90) =>
  until(
    `status ${status}`,
    async () => {
      const found = await conversation(talk);
      return found.status === status && found;
    },
    seconds,
  );

/** Waits until nothing is left of what a turn is made from. */
export const untilClean = (talk: Talk) =>
  until('empty stage and lock', async () => (await staged(talk)).length + (await locks(talk)).length === 0);

const standIn = async (path: string): Promise<readonly StandInCall[]> =>
  (await (await fetch(`${world().serverUrl}/_stand-in/${path}`)).json()) as StandInCall[];

/** What Twilio sent to the user, oldest first. */
export const sentTo = ({ user }: Talk) => standIn(`twilio/sent?chat=${encodeURIComponent(user)}`);

/** The times the model was asked about a text. */
export const asked = async (text: string) =>
  (await standIn('responses/calls')).filter((call) => call.text?.includes(text));

/** A signed message of the user, for the address that is deployed. */
export const message = ({ user }: Talk, said: string | TwilioWebhookOptions): TwilioWebhook =>
  twilioWebhook({
    url: deployed().webhook_url,
    from: user,
    ...(typeof said === 'string' ? { text: said } : said),
  });

export const deliver = ({ url, headers, body }: TwilioWebhook): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body });

/** Sends what a user says through the API; it must be acknowledged as Twilio expects. */
export async function tell(talk: Talk, said: string | TwilioWebhookOptions): Promise<string> {
  const webhook = message(talk, said);
  const answer = await deliver(webhook);
  const text = await answer.text();
  if (answer.status !== 200 || !/<Response ?\/>|<Response><\/Response>/.test(text))
    throw new Error(`The webhook was answered ${answer.status}: ${text}`);
  return webhook.eventId;
}

/** Twilio tells what became of a message; resolves to the status of the answer. */
export async function report(sid: string, status: string, code?: number): Promise<number> {
  const more = code === undefined ? '' : `&code=${code}`;
  const made = await fetch(`${world().serverUrl}/_test/twilio/report?sid=${sid}&status=${status}${more}`);
  return (await deliver((await made.json()) as TwilioWebhook)).status;
}

const people: JsonRecord[] = [];

/** What waits for a person about a conversation: taken from the queue, and kept here. */
export async function humanMessages({ id }: Talk): Promise<readonly JsonRecord[]> {
  const QueueUrl = deployed().human_handoff_queue_url;
  const sqs = sqsClient();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) break;
    for (const { Body = '', ReceiptHandle } of Messages) {
      people.push(JSON.parse(Body) as JsonRecord);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return people.filter(({ conversation_id }) => conversation_id === id);
}

/** The worker's log lines about a conversation. */
export async function linesOf({ id }: Talk): Promise<readonly JsonRecord[]> {
  const logs = new CloudWatchLogsClient(emulatorClient(world().endpoint));
  const reference = keyedHash(LOG_HASH_KEY, id);
  const found: JsonRecord[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: deployed().worker_log_group_name,
        filterPattern: `"${reference}"`,
        ...(nextToken && { nextToken }),
      }),
    );
    for (const { message = '' } of page.events ?? [])
      if (message.includes(reference)) found.push(JSON.parse(message.slice(message.indexOf('{'))));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

/** A moment in which nothing more should come. */
export const quiet = (seconds = 2) => delay(seconds * 1000);
