import { TWILIO_URL } from '../channels/twilio/account.ts';
import { type Environment, EnvironmentReader } from '../core/config.ts';
import { ConfigError } from '../core/errors.ts';
import type { LogLevel } from '../core/log.ts';
import { PROMPT_PROVIDERS, type PromptProvider } from '../models/prompts.ts';
import { readLogLevel } from './log-level.ts';

/** Variables that all three functions need from the stack: forgetting one does not compile there. */
type SharedVariable =
  | 'WHATSAPP_QUEUE_URL'
  | 'HANDOFF_QUEUE_URL'
  | 'CONVERSATIONS_ARCHIVE_TABLE'
  | 'BATCH_WINDOW_SECONDS'
  | 'TTL_BUFFER_SECONDS'
  | 'ARCHIVE_AT_BYTES'
  | 'MAX_RECEIVE_COUNT'
  | 'DYNAMODB_TTL_ATTRIBUTE'
  | 'ENVIRONMENT_NAME'
  | 'METRICS_NAMESPACE'
  | 'LOG_HASH_KEY'
  | 'LOG_LEVEL';

/** Variables that the stack must set on the webhook function (contract replies §7). */
export type WebhookVariable =
  | SharedVariable
  | 'CONVERSATIONS_TABLE_NAME'
  | 'STAGE_TABLE_NAME'
  | 'LOCK_TABLE_NAME'
  | 'SECRETS_MANAGER_REGION'
  | 'PUBLIC_WEBHOOK_URL'
  | 'STATUS_CALLBACK_URL'
  | 'INVALID_SIGNATURE_STATUS'
  | 'STAGE_TTL_SECONDS';

/** Variables that the stack must set on the worker. */
export type WorkerVariable =
  | SharedVariable
  | 'CONVERSATIONS_TABLE'
  | 'CONVERSATIONS_STAGE_TABLE'
  | 'CONVERSATIONS_TRIGGER_LOCK_TABLE'
  | 'SECRETS_MANAGER_REGION'
  | 'SQS_HEARTBEAT_INTERVAL_MS'
  | 'STATUS_CALLBACK_URL'
  | 'MODEL_TIMEOUT_MS'
  | 'MODEL_PROVIDER'
  | 'MODEL_BASE_URL'
  | 'MAX_BATCH_CHARS'
  | 'MAX_TURNS_PER_HOUR'
  | 'MAX_REPLY_PARTS'
  | 'REPLY_FORMAT'
  | 'HANDOFF_SEND_DRAFT'
  | 'SEND_AMBIGUITY_POLICY';

/** Variables that the stack must set on the sweeper. */
export type SweeperVariable =
  | SharedVariable
  | 'CONVERSATIONS_TABLE'
  | 'CONVERSATIONS_STAGE_TABLE'
  | 'CONVERSATIONS_TRIGGER_LOCK_TABLE';

/** What the three functions share. */
export interface RepliesConfig {
  readonly tables: RepliesTables;
  readonly whatsappQueueUrl: string;
  readonly handoffQueueUrl: string;
  /** W: how long messages of a conversation are gathered before a turn. */
  readonly batchWindowSeconds: number;
  /** A trigger lock lives for the batch window and this. */
  readonly ttlBufferSeconds: number;
  /** Life of a staged row; only a safety net. */
  readonly stageTtlSeconds: number;
  /** A record larger than this moves its oldest entries to the archive. */
  readonly archiveAtBytes: number;
  /** Receives of a message after which the queue puts it away. */
  readonly maxReceiveCount: number;
  /** The attribute that the tables' TTL is set on. */
  readonly ttlAttribute: string;
  readonly region: string;
  readonly secretsRegion: string;
  /** Without a slash at the end; another than Twilio's own is for tests and the local stand. */
  readonly twilioBaseUrl: string;
  readonly environmentName: string;
  readonly metricsNamespace: string;
  readonly logLevel: LogLevel;
  /** Key of the HMAC that stands for conversations and numbers in logs. */
  readonly logHashKey: string;
  readonly warnings: readonly string[];
}

export interface RepliesTables {
  readonly conversations: string;
  readonly stage: string;
  readonly triggerLock: string;
  readonly archive: string;
}

export interface WebhookConfig extends RepliesConfig {
  /** SMS and e-mail have no worker yet: their queues are made, and their paths known, only where asked. */
  /** This and the next are kept for later channels (contract replies §7); nothing sends to them yet. */
  readonly smsQueueUrl: string | undefined;
  readonly emailQueueUrl: string | undefined;
  /** The URL that Twilio signs; undefined = made from the request. */
  readonly publicWebhookUrl: string | undefined;
  readonly statusCallbackUrl: string | undefined;
  /** Answer to a request whose signature is missing or wrong. */
  readonly invalidSignatureStatus: 403 | 200;
  readonly stopWords: StopWords;
  /** Sent once to who opts out; empty = nothing. */
  readonly optOutMessage: string;
  /** Sent to who has no conversation, once in 24 hours; empty (the default) = nothing. */
  readonly unknownUserMessage: string;
}

/** Upper-case words, each list complete (contract replies §3.6). HELP and INFO are messages like any other. */
export interface StopWords {
  readonly out: readonly string[];
  readonly in: readonly string[];
}

export interface WorkerConfig extends RepliesConfig {
  readonly heartbeatIntervalMillis: number;
  readonly statusCallbackUrl: string | undefined;
  readonly modelTimeoutMillis: number;
  /** Provider of prompts that name none; undefined = the registry's default. */
  readonly modelProvider: PromptProvider | undefined;
  readonly modelBaseUrl: string | undefined;
  /** Longest text of one turn, in characters; what is over waits for the next turn. */
  readonly maxBatchChars: number;
  /** Turns of one conversation within an hour; the next goes to a person. */
  readonly maxTurnsPerHour: number;
  readonly maxReplyParts: number;
  readonly replyFormat: ReplyFormat;
  /** Whether a reply that hands off to a person is also sent to the user. */
  readonly handoffSendDraft: boolean;
  readonly ambiguityPolicy: 'resend' | 'hold';
}

export type SweeperConfig = RepliesConfig;

/** How the model's text is read (contract replies §11.3). */
export type ReplyFormat = 'auto' | 'json' | 'text';

const REPLY_FORMATS = ['auto', 'json', 'text'] as const;
const AMBIGUITY_POLICIES = ['resend', 'hold'] as const;

/** Lambda's reserved variable; the region of contract replies §2 stands in for it outside Lambda. */
const DEFAULT_REGION = 'eu-north-1';

/** The webhook's configuration. Throws one `ConfigError` that lists every fault. */
export function readWebhookConfig(environment: Environment): WebhookConfig {
  const env = new EnvironmentReader(environment);
  const status = env.choice(['INVALID_SIGNATURE_STATUS'], ['403', '200'], '403');
  return checked(env, {
    ...readShared(env),
    smsQueueUrl: env.text('SMS_QUEUE_URL'),
    emailQueueUrl: env.text('EMAIL_QUEUE_URL'),
    publicWebhookUrl: readUrl(env, 'PUBLIC_WEBHOOK_URL'),
    statusCallbackUrl: readUrl(env, 'STATUS_CALLBACK_URL'),
    invalidSignatureStatus: status === '200' ? 200 : 403,
    stopWords: {
      out: readWords(env, 'STOP_WORDS', STOP_WORDS.out),
      in: readWords(env, 'START_WORDS', STOP_WORDS.in),
    },
    optOutMessage: env.message(
      'OPT_OUT_MESSAGE',
      'You will get no more messages from us here. Write START to begin again.',
    ),
    unknownUserMessage: env.message('UNKNOWN_USER_MESSAGE', ''),
  });
}

/** The worker's configuration. Throws one `ConfigError` that lists every fault. */
export function readWorkerConfig(environment: Environment): WorkerConfig {
  const env = new EnvironmentReader(environment);
  return checked(env, {
    ...readShared(env),
    heartbeatIntervalMillis: readHeartbeat(env, environment.SQS_HEARTBEAT_INTERVAL_MS),
    statusCallbackUrl: readUrl(env, 'STATUS_CALLBACK_URL'),
    modelTimeoutMillis: env.integer('MODEL_TIMEOUT_MS', 120_000, 1),
    modelProvider: readProvider(env),
    modelBaseUrl: readUrl(env, 'MODEL_BASE_URL'),
    maxBatchChars: env.integer('MAX_BATCH_CHARS', 12_000, 1),
    maxTurnsPerHour: env.integer('MAX_TURNS_PER_HOUR', 30, 1),
    maxReplyParts: env.integer('MAX_REPLY_PARTS', 5, 1, 20),
    replyFormat: env.choice(['REPLY_FORMAT'], REPLY_FORMATS, 'auto'),
    handoffSendDraft: env.boolean('HANDOFF_SEND_DRAFT', false),
    ambiguityPolicy: env.choice(['SEND_AMBIGUITY_POLICY'], AMBIGUITY_POLICIES, 'resend'),
  });
}

/** The sweeper's configuration. Throws one `ConfigError` that lists every fault. */
export function readSweeperConfig(environment: Environment): SweeperConfig {
  const env = new EnvironmentReader(environment);
  return checked(env, readShared(env));
}

function checked<C>(env: EnvironmentReader, config: C): C {
  if (env.faults.length > 0) throw new ConfigError(env.faults);
  return config;
}

function readShared(env: EnvironmentReader): RepliesConfig {
  const stage = required(env, 'CONVERSATIONS_STAGE_TABLE', 'STAGE_TABLE_NAME');
  const region = env.text('AWS_REGION') ?? DEFAULT_REGION;
  const environmentName = env.text('ENVIRONMENT_NAME') ?? 'dev';
  return {
    tables: {
      conversations: required(env, 'CONVERSATIONS_TABLE', 'CONVERSATIONS_TABLE_NAME'),
      stage,
      triggerLock: required(env, 'CONVERSATIONS_TRIGGER_LOCK_TABLE', 'LOCK_TABLE_NAME'),
      archive: required(env, 'CONVERSATIONS_ARCHIVE_TABLE', 'ARCHIVE_TABLE_NAME'),
    },
    whatsappQueueUrl: required(env, 'WHATSAPP_QUEUE_URL'),
    handoffQueueUrl: required(env, 'HANDOFF_QUEUE_URL'),
    batchWindowSeconds: readWindow(env),
    ttlBufferSeconds: env.integer('TTL_BUFFER_SECONDS', 60, 1),
    stageTtlSeconds: env.integer('STAGE_TTL_SECONDS', 1_296_000, 1),
    archiveAtBytes: readArchiveAt(env),
    maxReceiveCount: env.integer('MAX_RECEIVE_COUNT', 5, 1),
    ttlAttribute: env.text('DYNAMODB_TTL_ATTRIBUTE') ?? 'expires_at',
    region,
    secretsRegion: env.text('SECRETS_MANAGER_REGION') ?? region,
    twilioBaseUrl: (readUrl(env, 'TWILIO_BASE_URL') ?? TWILIO_URL).replace(/\/+$/, ''),
    environmentName,
    metricsNamespace: env.text('METRICS_NAMESPACE') ?? `ai-multi-comms-replies/${environmentName}`,
    logLevel: readLogLevel(env),
    logHashKey: env.text('LOG_HASH_KEY') ?? `hookline:${stage}`,
    warnings: env.warnings,
  };
}

/** The first of the names that is set; a fault when none is. */
function required(env: EnvironmentReader, ...names: readonly [string, ...string[]]): string {
  const value = env.text(...names);
  if (value === undefined) env.faults.push(`${names.join(' or ')} is not set`);
  return value ?? '';
}

/** A message in the queue can be delayed by 15 minutes at most (AWS limit). */
const MAX_DELAY_SECONDS = 900;

function readWindow(env: EnvironmentReader): number {
  const seconds = env.integer('BATCH_WINDOW_SECONDS', 10);
  if (seconds > MAX_DELAY_SECONDS) env.faults.push(`BATCH_WINDOW_SECONDS is more than ${MAX_DELAY_SECONDS}`);
  return seconds;
}

/** Below this an entry that is kept inline would not fit; above it a commit could reach the item limit of 400 KB. */
const ARCHIVE_AT = { min: 45_000, max: 300_000 };

function readArchiveAt(env: EnvironmentReader): number {
  const bytes = env.integer('ARCHIVE_AT_BYTES', 102_400, 1);
  if (bytes < ARCHIVE_AT.min || bytes > ARCHIVE_AT.max)
    env.faults.push(`ARCHIVE_AT_BYTES is not between ${ARCHIVE_AT.min} and ${ARCHIVE_AT.max}`);
  return bytes;
}

/** No fallback: a worker that believes in a wrong interval loses its messages (contract replies §5.3). */
function readHeartbeat(env: EnvironmentReader, raw: string | undefined): number {
  if (raw === undefined) return 300_000;
  const millis = Number(raw.trim());
  if (/^\d+$/.test(raw.trim()) && Number.isSafeInteger(millis) && millis > 0) return millis;
  env.faults.push('SQS_HEARTBEAT_INTERVAL_MS is not a positive whole number of milliseconds');
  return 300_000;
}

function readUrl(env: EnvironmentReader, name: string): string | undefined {
  const text = env.text(name);
  if (text === undefined) return undefined;
  if (!/^https?:\/\/[^\s]+$/.test(text) || !URL.canParse(text))
    env.faults.push(`${name} is not an http(s) URL`);
  return text;
}

const STOP_WORDS: StopWords = {
  out: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  in: ['START', 'UNSTOP', 'YES'],
};

/** Words separated by commas, in any case; unset = the defaults. */
function readWords(env: EnvironmentReader, name: string, fallback: readonly string[]): readonly string[] {
  const words = env.text(name)?.split(',') ?? fallback;
  return words.map((word) => word.trim().toUpperCase()).filter((word) => word !== '');
}

/** An unknown one is a fault: another provider would be given the key. */
function readProvider(env: EnvironmentReader): PromptProvider | undefined {
  const word = env.text('MODEL_PROVIDER')?.toLowerCase();
  const known = PROMPT_PROVIDERS.find((provider) => provider === word);
  if (word !== undefined && !known)
    env.faults.push(`MODEL_PROVIDER must be one of ${PROMPT_PROVIDERS.join(', ')}`);
  return known;
}
