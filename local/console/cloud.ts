import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { HistoryRow } from '../../runtime/bot/agent.ts';
import { followAliases } from '../../runtime/bot/history-alias.ts';
import { HistoryFile } from '../../runtime/bot/history-file.ts';
import { safeId } from '../../runtime/bot/job.ts';
import { type RedriveTarget, redrive } from '../../runtime/bot/redrive.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { asRecord, asText } from '../../runtime/core/json.ts';
import type { HistoryRowView, HistoryView } from './model.ts';
import type { BotCloud, LogRecord } from './ports.ts';

/** The resources of a bot, as its stack names them. */
export interface BotResources {
  /** Log groups of its functions. */
  readonly logGroups: readonly string[];
  readonly bucket: string;
  /** Absent when messages are handed over by asynchronous invocation. */
  readonly queueUrl?: string;
  readonly deadLetterUrl?: string;
  readonly redriveTarget: RedriveTarget;
}

export interface CloudSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Rows shown of a history. */
const MAX_ROWS = 200;
const MAX_PAGES = 10;
/** An emulator that hangs is one that does not answer. */
const TIMEOUT_MILLIS = 5000;
/** Local messages are never too old to be brought back. */
const EIGHT_DAYS_SECONDS = 8 * 86_400;

/** Reads a bot's resources on an emulator. */
export function emulatorCloud(resources: BotResources, emulator: CloudSettings): BotCloud {
  const settings = {
    ...emulator,
    requestHandler: { requestTimeout: TIMEOUT_MILLIS, throwOnRequestTimeout: true },
  };
  const logs = new CloudWatchLogsClient(settings);
  const sqs = new SQSClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const lambda = new LambdaClient(settings);
  const { logGroups, bucket, queueUrl, deadLetterUrl } = resources;
  return {
    logsSince: async (millis) => {
      const lines = await Promise.all(logGroups.map((group) => groupLines(logs, group, millis)));
      return lines.flat().sort((a, b) => a.atMillis - b.atMillis);
    },
    depth: async () => {
      const [waiting, deadLetters] = await Promise.all([
        messagesIn(sqs, queueUrl),
        messagesIn(sqs, deadLetterUrl),
      ]);
      return { ...(waiting !== undefined && { waiting }), ...(deadLetters !== undefined && { deadLetters }) };
    },
    deadTraceIds: async () => (deadLetterUrl ? traceIdsIn(sqs, deadLetterUrl) : []),
    history: (chatId) => storedHistory(s3, bucket, chatId),
    redrive: async () => {
      if (!deadLetterUrl) return 0;
      const target = resources.redriveTarget;
      const options = { deadLetterUrl, target, dedupeTtlSeconds: EIGHT_DAYS_SECONDS };
      const items = await redrive(options, { sqs, lambda, clock: systemClock });
      return items.filter(({ outcome }) => outcome === 'redriven').length;
    },
  };
}

async function groupLines(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = { logGroupName, startTime, ...(nextToken && { nextToken }) };
    const output = await logs.send(new FilterLogEventsCommand(input));
    for (const { timestamp = 0, message = '', logStreamName = '' } of output.events ?? [])
      records.push({ atMillis: timestamp, text: message.trim(), stream: logStreamName });
    nextToken = output.nextToken;
    if (!nextToken) break;
  }
  return records;
}

/** Messages in a queue, those in flight included. */
async function messagesIn(sqs: SQSClient, url: string | undefined): Promise<number | undefined> {
  if (!url) return undefined;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const count = (name: keyof NonNullable<typeof Attributes>) => Number(Attributes?.[name] ?? 0);
  return count('ApproximateNumberOfMessages') + count('ApproximateNumberOfMessagesNotVisible');
}

/** Looks at the dead letters and leaves them visible. */
async function traceIdsIn(sqs: SQSClient, url: string): Promise<string[]> {
  const input = { QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0, WaitTimeSeconds: 0 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
  return Messages.flatMap(({ Body = '' }) => Body.match(/"traceparent":\s*"00-([0-9a-f]{32})-/)?.[1] ?? []);
}

async function storedHistory(
  s3: S3Client,
  bucket: string,
  askedFor: string,
): Promise<HistoryView | undefined> {
  const keyOf = (chatId: string) => `history/${safeId(chatId)}.sqlite`;
  const { chatId, object } = await followAliases(askedFor, async (id) => {
    const body = await objectBytes(s3, bucket, keyOf(id));
    return body && { body };
  });
  if (!object) return undefined;
  const bytes = object.body;
  const key = keyOf(chatId);
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-console-'));
  try {
    const copy = path.join(folder, 'history.sqlite');
    await writeFile(copy, bytes);
    const file = HistoryFile.open(copy, new Date().toISOString());
    const rows = file.rows(MAX_ROWS).map(rowView);
    file.close();
    return { key, bytes: bytes.length, rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function objectBytes(s3: S3Client, Bucket: string, Key: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** A row as the page shows it. */
export function rowView(row: HistoryRow): HistoryRowView {
  const texts = row.blocks.map(({ content }) =>
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  const eventId = asText(asRecord(asRecord(row.blocks[0]?.metadata).user_message).event_id);
  return {
    number: row.msgNumber,
    role: row.role,
    text: texts.join('\n'),
    timestamp: row.timestamp,
    ...(eventId !== undefined && { eventId }),
  };
}
