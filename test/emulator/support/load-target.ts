import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import {
  telegramWebhook,
  whatsappStatusWebhook,
  whatsappWebhook,
} from '../../../local/recordings/webhooks.ts';
import { emulatorClient } from '../../../local/secrets.ts';
import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import { capturedEvents } from '../../../runtime/bot/captured-events.ts';
import { redrive } from '../../../runtime/bot/redrive.ts';
import { systemClock } from '../../../runtime/core/clock.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { s3ObjectVersions } from '../../../runtime/core/object-versions.ts';
import { BOTS, type BotName } from './bots.ts';
import type { LoadTarget } from './load.ts';
import type { TestStand } from './stand.ts';

/** A deployed bot as something to put a load on, and to ask what became of it. */
export function loadTarget(bot: BotName, stand: TestStand): LoadTarget {
  const { secrets, serverUrl, bots } = stand;
  const { bot_type: channel, busy_policy: policy } = BOTS[bot];
  const isTelegram = channel === 'telegram';
  const standIn = `${serverUrl}/_stand-in/${channel}`;
  const post = async ({ headers, body }: { headers: Readonly<Record<string, string>>; body: string }) => {
    const response = await fetch(bots[bot].webhookUrl, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    inOrder: policy !== 'drop',
    post,
    webhookFor: (chatId, text) =>
      isTelegram
        ? telegramWebhook({ chatId, text, secretToken: secrets.telegramSecretToken })
        : whatsappWebhook({
            chatId,
            text,
            appSecret: secrets.whatsappAppSecret,
            phoneNumberId: secrets.phoneNumberId,
          }),
    fail: (rule) => fetch(`${standIn}/faults`, { method: 'POST', body: JSON.stringify(rule) }),
    sentAfter: async (sequence) =>
      (await (await fetch(`${serverUrl}/_test/sent/${channel}?after=${sequence}`)).json()) as StandInCall[],
    ...(!isTelegram && {
      report: (call: StandInCall) => post(whatsappStatusWebhook(call, 'sent', secrets.whatsappAppSecret)),
    }),
    deadLetters: () => deadLetters(bot, stand),
    captured: () => captured(bot, stand),
    // Telegram's event ids stand in the log as they are; WhatsApp's bots here queue, and ignore nothing.
    ignored: async () => (policy === 'drop' ? ignoredEvents(bot, stand) : []),
  };
}

/** Looks without touching. */
async function deadLetters(bot: BotName, { endpoint, bots }: TestStand): Promise<string[]> {
  const client = emulatorClient(endpoint);
  const items = await redrive(
    {
      deadLetterUrl: bots[bot].dead_letter_queue_url,
      target: { functionName: 'nobody' },
      filter: () => true,
      dryRun: true,
      dedupeTtlSeconds: 691_200,
    },
    { sqs: new SQSClient(client), lambda: new LambdaClient(client), clock: systemClock },
  );
  return items.flatMap(({ eventId }) => eventId ?? []);
}

async function captured(bot: BotName, { endpoint, bots }: TestStand): Promise<string[]> {
  const s3 = new S3Client({ ...emulatorClient(endpoint), forcePathStyle: true });
  const bucket = bots[bot].bucket_name;
  const events = capturedEvents({
    objects: s3ObjectStore(s3, bucket, systemClock),
    versions: s3ObjectVersions(s3, bucket, systemClock),
    prefix: 'failed-events',
    provider: BOTS[bot].bot_type,
    clock: systemClock,
  });
  const found: string[] = [];
  for await (const { eventId } of events.since(Date.now() - 86_400_000)) if (eventId) found.push(eventId);
  return found;
}

async function ignoredEvents(bot: BotName, { endpoint, bots }: TestStand): Promise<string[]> {
  const logs = new CloudWatchLogsClient(emulatorClient(endpoint));
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/lambda/${bots[bot].worker_function_name}`,
        filterPattern: '"worker_job_finished"',
        ...(nextToken && { nextToken }),
      }),
    );
    for (const { message = '' } of page.events ?? [])
      if (message.includes('"ignored"') && message.includes('"busy"')) found.push(eventIdIn(message));
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

const eventIdIn = (line: string): string => line.match(/"event_id":"([^"]+)"/)?.[1] ?? '';
