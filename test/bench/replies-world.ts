import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { TWILIO_TEST, twilioWebhook } from '../../local/recordings/twilio.ts';
import { fictionalNumber } from '../../local/recordings/webhooks.ts';
import { createResponsesStandIn } from '../../local/stand-ins/openai-responses.ts';
import { createTwilioStandIn } from '../../local/stand-ins/twilio.ts';
import { systemClock } from '../../runtime/core/clock.ts';
// Loaded beforehand: what is measured is a warm function.
import '../../runtime/models/openai-responses.ts';
import { MODEL_SECRET, recordR, TWILIO_SECRET } from '../runtime/replies/records.ts';
import { SCHEMAS, TABLES } from '../runtime/replies/tables.ts';
import {
  BUILDERS,
  CHANNEL_ARN,
  CHANNEL_QUEUE,
  HUMAN_QUEUE,
  PROMPTS,
  restEvent,
  VARIABLES,
} from '../runtime/replies/world-setup.ts';
import { lambdaContext, recordOf, sqsEvent } from '../support/events.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeSecrets } from '../support/fake-secrets.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import { Tap } from '../support/tap.ts';

export type RepliesBenchWorld = ReturnType<typeof repliesBenchWorld>;

const userOf = (conversation: number): string => `+${fictionalNumber(conversation)}`;

/** The reply engine's webhook and worker on fakes that answer at once, with Twilio and a model beside them. W is 0. */
export function repliesBenchWorld(conversations: number) {
  const tap = new Tap();
  const clock = systemClock;
  const dynamodb = new FakeDynamoDb(SCHEMAS, tap);
  const secrets = new FakeSecrets(tap);
  const sqs = new FakeSqs(clock, [{ url: CHANNEL_QUEUE }, { url: HUMAN_QUEUE }], tap);
  const { accountSid, authToken } = TWILIO_TEST;
  secrets.secrets.set(MODEL_SECRET, JSON.stringify({ ai_api_key: 'sk-test' }));
  const account = { twilio_account_sid: accountSid, twilio_auth_token: authToken };
  secrets.secrets.set(TWILIO_SECRET, JSON.stringify(account));
  for (let index = 0; index < conversations; index++)
    dynamodb.seed(recordOfUser(index), TABLES.conversations);
  const twilio = createTwilioStandIn({ accountSid, authToken });
  const model = createResponsesStandIn({ reply: (text) => JSON.stringify({ content: `You said: ${text}` }) });
  /** User → when Twilio took the last message for him. */
  const accepted = new Map<string, number>();
  const world: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith('https://api.twilio.com/')) return model.fetch(request);
    const to = new URLSearchParams(await request.clone().text()).get('To') ?? '';
    const answer = await twilio.fetch(request);
    if (answer.status === 201) accepted.set(to.replace(/^whatsapp:/, ''), performance.now());
    return answer;
  };
  const environment = {
    ...VARIABLES,
    BATCH_WINDOW_SECONDS: '0',
    LOG_LEVEL: 'INFO',
    MAX_TURNS_PER_HOUR: '10000',
  };
  let logBytes = 0;
  const options = {
    clients: { dynamodb, sqs, secretsManager: secrets, clock, fetch: world },
    environment,
    prompts: PROMPTS,
    writeLog: (line: string) => {
      logBytes += Buffer.byteLength(line) + 1;
    },
  };
  const webhook = BUILDERS.webhook(options);
  const worker = BUILDERS.worker(options);
  /** Lambda's poller: its calls are no function's. */
  const poller = sqs.as(new Tap());

  const say = async (conversation: number, text = 'How are you?') => {
    const signed = twilioWebhook({ from: userOf(conversation), text });
    const answer = (await webhook(restEvent(signed), lambdaContext())) as { statusCode: number };
    if (answer.statusCode !== 200) throw new Error(`The webhook answered ${answer.statusCode}.`);
  };
  const workOne = async () => {
    const { Messages = [] } = await poller.send(
      new ReceiveMessageCommand({ QueueUrl: CHANNEL_QUEUE, MaxNumberOfMessages: 1 }),
    );
    const [id] = (Messages as { MessageId: string }[]).map(({ MessageId }) => MessageId);
    const held = sqs.messages(CHANNEL_QUEUE).find(({ messageId }) => messageId === id);
    if (!held) throw new Error('No trigger waits.');
    const record = recordOf(held);
    const answer = await worker(sqsEvent([record], CHANNEL_ARN), lambdaContext());
    const { batchItemFailures } = answer as { batchItemFailures: readonly object[] };
    if (batchItemFailures.length > 0) throw new Error('A turn failed.');
    const ReceiptHandle = record.receiptHandle;
    await poller.send(new DeleteMessageCommand({ QueueUrl: CHANNEL_QUEUE, ReceiptHandle }));
  };
  return {
    tap,
    dynamodb,
    sqs,
    poller,
    twilio,
    model,
    world,
    say,
    workOne,
    get logBytes() {
      return logBytes;
    },
    /** A turn of each conversation, all at once; resolves to the milliseconds from message to Twilio's acceptance. */
    async turns(conversations: readonly number[]): Promise<readonly number[]> {
      const started = new Map<number, number>();
      await Promise.all(
        conversations.map(async (conversation) => {
          started.set(conversation, performance.now());
          await say(conversation);
          // Whichever trigger is next.
          await workOne();
        }),
      );
      return conversations.map((conversation) => {
        const millis =
          (accepted.get(userOf(conversation)) ?? Number.NaN) - (started.get(conversation) ?? Number.NaN);
        if (!(millis > 0)) throw new Error('A message was not answered.');
        return millis;
      });
    },
  };
}

export const recordOfUser = (conversation: number) => {
  const user = userOf(conversation);
  const conversation_id = `ci-t-001#pi-t-001#${conversation}#15005550001`;
  return recordR({ primary_channel: user, conversation_id, recipient_tel: user, gsi_recipient_tel: user });
};

/** Time and calls are measured of turns that were answered: throws where one was not. */
export function expectTurns({ twilio }: RepliesBenchWorld, count: number): void {
  const sent = twilio.sent.length;
  if (sent !== count) throw new Error(`${count} replies were to be measured, ${sent} were sent.`);
}
