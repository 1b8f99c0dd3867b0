import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Content } from '../../../local/recordings/contents.ts';
import { telegramWebhook, whatsappWebhook } from '../../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Agent } from '../../../runtime/bot/agent.ts';
import type { CommandOptions } from '../../../runtime/bot/commands.ts';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { type Job, safeId } from '../../../runtime/bot/job.ts';
import type { Transcribe } from '../../../runtime/bot/transcribe.ts';
import { buildWorkerHandler } from '../../../runtime/bot/worker-handler.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { FakeSsm } from '../../support/fake-ssm.ts';
import { Tap } from '../../support/tap.ts';

export const CHAT = '15550100';
export const QUEUE = 'https://sqs.example/jobs.fifo';

export type Policy = 'drop' | 'fifo' | 'merge';

export interface WorldOptions {
  readonly policy?: Policy;
  readonly provider?: 'whatsapp' | 'telegram';
  /** Default true. */
  readonly table?: boolean;
  readonly agent?: Agent;
  readonly commands?: CommandOptions;
  readonly transcribe?: Transcribe;
  /** Who answers at other hosts than the platform's. */
  readonly hosts?: Readonly<Record<string, typeof fetch>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One worker (or several, by `another`) over shared fakes. */
export function workerWorld(options: WorldOptions = {}) {
  const { policy = 'drop', provider = 'whatsapp', table = true } = options;
  const clock = new FakeClock();
  const tap = new Tap();
  const s3 = new FakeS3(['bucket'], tap);
  const dynamodb = new FakeDynamoDb({ locks: 'user_id' }, tap);
  const ssm = new FakeSsm(tap);
  const sqs = new FakeSqs(clock, [{ url: QUEUE }], tap);
  const nowMillis = () => clock.nowMillis();
  const provided =
    provider === 'whatsapp' ? createGraphStandIn({ nowMillis }) : createTelegramStandIn({ nowMillis });
  const lines: Record<string, unknown>[] = [];
  const agentTurns: string[] = [];

  const another = (more: Pick<WorldOptions, 'agent' | 'environment'> = {}) => {
    const tmp = mkdtempSync(join(tmpdir(), 'hookline-test-'));
    onTestFinished(() => rmSync(tmp, { recursive: true, force: true }));
    const agent = more.agent ?? options.agent ?? ((turn) => `You said: ${turn.text}`);
    const worker = buildWorkerHandler(provider, {
      agent: (turn, context) => {
        agentTurns.push(turn.text);
        return agent(turn, context);
      },
      ...(options.commands && { commands: options.commands }),
      ...(options.transcribe && { transcribe: options.transcribe }),
      clients: {
        s3,
        dynamodb,
        ssm,
        sqs,
        clock,
        fetch: async (...request) => {
          const other = options.hosts?.[new URL(new Request(...request).url).host];
          if (other) return other(...request);
          tap.calls.push('send');
          return provided.fetch(...request);
        },
      },
      environment: {
        ...environmentOf(policy, table),
        MAWS_TMP_DIR: tmp,
        // Its pauses would move the fake time on while an agent does real work.
        TYPING_INDICATOR: 'false',
        ...options.environment,
        ...more.environment,
      },
      writeLog: (line) => lines.push(JSON.parse(line)),
    });
    return { tmp, worker };
  };
  const { tmp, worker } = another();

  return { clock, tap, s3, dynamodb, ssm, sqs, provider: provided, lines, agentTurns, tmp, worker, another };
}

const environmentOf = (policy: Policy, table: boolean) => ({
  BUCKET_NAME: 'bucket',
  MAWS_BUSY_POLICY: policy,
  MAWS_QUEUE_URL: QUEUE,
  ...(table && { LOCKS_TABLE_NAME: 'locks' }),
  WHATSAPP_TOKEN: 'token',
  WHATSAPP_PHONE_NUMBER_ID: '1055',
  WEBHOOK_VERIFY_TOKEN: 'verify',
  TELEGRAM_TOKEN: '1:token',
  CAPTURE_FAILED_EVENTS: 'true',
});

/** The job of a text message, as the ingress makes it. */
export function textJob(
  text: string,
  eventId = 'wamid.1',
  provider: 'whatsapp' | 'telegram' = 'whatsapp',
): Job {
  const payload =
    provider === 'whatsapp'
      ? {
          entry: [
            {
              changes: [
                {
                  value: {
                    messages: [
                      {
                        from: CHAT,
                        id: eventId,
                        timestamp: '1795255200',
                        type: 'text',
                        text: { body: text },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        }
      : {
          update_id: Number(eventId),
          message: { message_id: 5, date: 1795255200, chat: { id: Number(CHAT) }, from: { id: 9 }, text },
        };
  return {
    maws_job_version: 1,
    provider,
    bot_type: provider,
    chat_id: CHAT,
    event_id: eventId,
    payload,
    v: 1,
    job_kind: 'turn',
    user_id: CHAT,
    sent_at: '2026-11-21T10:00:00.000Z',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
}

/** An event that holds a message of another kind than text; `content` by `local/recordings/contents.ts`. */
export function contentEvent(
  world: { readonly clock: FakeClock },
  content: Content,
  provider: 'whatsapp' | 'telegram' = 'whatsapp',
) {
  const options = { content, chatId: CHAT, sentMillis: world.clock.nowMillis() };
  if (provider === 'telegram')
    return { update: JSON.parse(telegramWebhook({ ...options, secretToken: 's' }).body) };
  const webhook = whatsappWebhook({ ...options, appSecret: 's', phoneNumberId: '1055' });
  return { whatsapp_update: JSON.parse(webhook.body) };
}

export const asynchronous = (job: Job) => ({ maws_job: job });

export const record = (job: unknown, messageId = 'm1', group = CHAT, receives = 1) => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body: JSON.stringify({ maws_job: job }),
  eventSource: 'aws:sqs',
  attributes: { MessageGroupId: group, ApproximateReceiveCount: String(receives) },
});

export const queued = (...jobs: Job[]) => ({
  Records: jobs.map((job, index) => record(job, `m${index + 1}`)),
});

export const context = (remainingMillis = 120_000, awsRequestId = 'request-1') => ({
  awsRequestId,
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:worker',
  getRemainingTimeInMillis: () => remainingMillis,
});

/** Opens the stored history of a chat for assertions. */
export function storedHistory(s3: FakeS3, chatId = CHAT) {
  const object = s3.object(`history/${safeId(chatId)}.sqlite`);
  if (!object) throw new Error('No history is stored');
  const folder = mkdtempSync(join(tmpdir(), 'hookline-read-'));
  const path = join(folder, 'history.sqlite');
  writeFileSync(path, object.body);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { path, object, history: HistoryFile.open(path, '2026-11-21T10:00:00+00:00') };
}

/** Texts of a chat's stored rows, oldest first. */
export const storedTexts = (s3: FakeS3, chatId = CHAT): unknown[] => {
  const { history } = storedHistory(s3, chatId);
  const texts = history.rows(1000).map((row) => row.blocks[0]?.content);
  history.close();
  return texts;
};
