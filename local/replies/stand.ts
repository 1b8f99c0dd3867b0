import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Emulator, emulatedApi } from '../emulator/emulator.ts';
import { type TwilioWebhook, type TwilioWebhookOptions, twilioWebhook } from '../recordings/twilio.ts';
import { emulatorClient } from '../secrets.ts';
import { type Callbacks, sendCallbacks } from './callbacks.ts';
import { PUBLIC_URL } from './engine.ts';
import { beginConversation } from './new-record.ts';
import { COMPANY_NUMBER, PEOPLE } from './people.ts';
import { deleteRepliesSecrets, putRepliesSecrets, type RepliesSecrets } from './secrets.ts';
import type { RepliesStandIns } from './stand-ins.ts';

/** A reply engine that runs on this machine, with the providers it talks to. */
export interface StandReplies {
  readonly secrets: RepliesSecrets;
  readonly standIns: RepliesStandIns;
  readonly callbacks: Callbacks;
  /** Where Twilio's webhooks are posted: the emulator's API. */
  readonly webhookUrl: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** A user's message to the company, signed as Twilio signs it. */
  webhook(options: Pick<TwilioWebhookOptions, 'from' | 'text'>): TwilioWebhook;
  stop(): Promise<void>;
}

export interface StandRepliesOptions {
  readonly emulator: Emulator;
  readonly secrets: RepliesSecrets;
  readonly standIns: RepliesStandIns;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Connects an engine that was applied: its secrets, the conversations, Twilio's reports. */
export async function connectReplies(options: StandRepliesOptions): Promise<StandReplies> {
  const { emulator, secrets, standIns, outputs } = options;
  const { endpoint } = emulator;
  await putRepliesSecrets(endpoint, secrets);
  await seed(endpoint, String(outputs.conversations_table_name));
  const { rest_api_id: apiId, rest_api_stage: stage } = outputs;
  const webhookUrl = emulatedApi(endpoint, String(apiId), `/${String(stage)}/whatsapp`);
  const callbacks = sendCallbacks(standIns.twilio, (webhook) => postCallback(webhook, webhookUrl));
  const { accountSid, authToken } = secrets;
  return {
    secrets,
    standIns,
    callbacks,
    webhookUrl,
    outputs,
    webhook: (message) =>
      twilioWebhook({ ...message, url: PUBLIC_URL, to: COMPANY_NUMBER, accountSid, authToken }),
    stop: async () => {
      await callbacks.stop();
      await deleteRepliesSecrets(endpoint).catch(() => undefined);
    },
  };
}

async function seed(endpoint: string, table: string): Promise<void> {
  const dynamodb = new DynamoDBClient(emulatorClient(endpoint));
  for (const person of PEOPLE) await beginConversation(dynamodb, table, person);
  dynamodb.destroy();
}

const TIMEOUT_MILLIS = 15_000;

/** Signed with the public address, posted where the emulator has it. */
async function postCallback({ url, headers, body }: TwilioWebhook, webhookUrl: string): Promise<void> {
  const address = webhookUrl + url.slice(PUBLIC_URL.length);
  const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
  const response = await fetch(address, { method: 'POST', headers, body, signal });
  await response.arrayBuffer();
}
