import type { AwsClient } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { HooklineError } from '../../core/errors.ts';
import { asRecord, asText } from '../../core/json.ts';
import { keyedHash } from '../../core/log.ts';
import { s3ObjectStore } from '../../core/object-store.ts';
import { s3ObjectVersions } from '../../core/object-versions.ts';
import { cloudWatchLogSource } from '../../core/trace/log-source.ts';
import type { Reading } from '../../core/trace/reading.ts';
import { type CapturedEvent, type CapturedEvents, capturedEvents } from '../captured-events.ts';
import type { BotConfig } from '../config.ts';
import { chatOfKey } from '../job.ts';
import { readStoredHistory, type StoredHistory } from '../stored-history.ts';
import { readDelivery } from './delivery-source.ts';
import { peekDeadLetters } from './letter-source.ts';
import type { HistoryEvidence, TraceSources } from './sources.ts';

/** A deployed bot, as a trace reads it. */
export interface TracedBot {
  readonly config: BotConfig;
  readonly bucket: string;
  readonly deadLetterUrl: string | undefined;
  readonly logGroups: readonly string[];
}

export interface TraceClients {
  readonly s3: AwsClient;
  readonly dynamodb: AwsClient;
  readonly sqs: AwsClient;
  readonly logs: AwsClient;
  readonly clock: Clock;
}

/** Rows of a history in which message ids are looked for. */
const MAX_ROWS = 1000;
/** Captured events of a chat are read one by one. */
const MAX_CAPTURED = 500;

/** Reads a bot's own resources and changes nothing (contract bot §15). */
export function awsTraceSources(bot: TracedBot, clients: TraceClients): TraceSources {
  const { config, bucket, deadLetterUrl, logGroups } = bot;
  const { s3, dynamodb, sqs, logs, clock } = clients;
  const provider = config.botType;
  const objects = s3ObjectStore(s3, bucket, clock);
  const versions = s3ObjectVersions(s3, bucket, clock);
  const captured = capturedEvents({ objects, versions, prefix: config.failedEventsPrefix, provider, clock });
  const hash = (id: string) => keyedHash(config.logHashKey, id);
  return {
    provider,
    isQueued: config.busyPolicy !== 'drop',
    hash,
    lines: cloudWatchLogSource(logs, logGroups, clock).lines,
    async history(chatId) {
      const options = { prefix: config.historyPrefix, rowLimit: MAX_ROWS, clock };
      const stored = await readStoredHistory(chatId, objects, options);
      return stored && historyEvidence(stored);
    },
    async chatOf(wanted) {
      const keys = await versions.keys(`${config.historyPrefix}/`);
      return keys
        .flatMap((key) => chatOfKey(key, config.historyPrefix) ?? [])
        .find((chatId) => hash(chatId) === wanted);
    },
    async delivery(eventId) {
      if (!config.locksTableName) throw new HooklineError('The bot has no lock table', 'permanent');
      return readDelivery(dynamodb, config.locksTableName, { provider, eventId }, clock);
    },
    async deadLetters() {
      if (!deadLetterUrl)
        throw new HooklineError('The dead-letter queue was not found by its name', 'permanent');
      return peekDeadLetters(sqs, deadLetterUrl, clock);
    },
    captured: (sinceMillis, id) =>
      id === undefined
        ? newest(captured, sinceMillis)
        : captured.of(id, sinceMillis).then((value) => ({ value })),
  };
}

async function newest(
  captured: CapturedEvents,
  sinceMillis: number,
): Promise<Reading<readonly CapturedEvent[]>> {
  const value: CapturedEvent[] = [];
  for await (const event of captured.since(sinceMillis)) {
    if (value.length === MAX_CAPTURED)
      return { value, note: `there are more than ${MAX_CAPTURED} captured events; give a shorter --since` };
    value.push(event);
  }
  return { value };
}

function historyEvidence(stored: StoredHistory): HistoryEvidence {
  const eventOfMessage = new Map<string, string>();
  for (const { blocks } of stored.rows) {
    const user = asRecord(asRecord(blocks[0]?.metadata).user_message);
    const [messageId, eventId] = [asText(user.message_id), asText(user.event_id)];
    if (messageId !== undefined && eventId !== undefined) eventOfMessage.set(messageId, eventId);
  }
  const ledger = stored.ledger.map((row) => ({
    eventId: row.eventId,
    sentAt: row.sentAt,
    decidedAtMillis: row.decidedAtSeconds * 1000,
    attempt: row.attempt,
    rule: row.rule,
    parts: row.parts.length,
    ...(row.carriedBy !== undefined && { carriedBy: row.carriedBy }),
  }));
  return { ledger, eventOfMessage };
}
