import { type Environment, EnvironmentReader, isIdList, trimSlashes } from '../core/config.ts';
import { ConfigError } from '../core/errors.ts';
import { refreshMillisOf } from '../core/secrets.ts';
import { checkHistoryMode, readHistory } from './config-history.ts';
import { readTelegram, readWhatsapp, type TelegramConfig, type WhatsappConfig } from './config-platforms.ts';
import { readTranscription, type TranscriptionConfig } from './config-transcription.ts';
import type { Provider } from './job.ts';

/** Variables that the stack must set on the ingress: forgetting one does not compile there (design §2). */
export type IngressVariable =
  | 'BOT_TYPE'
  | 'ENV_PARAMETER_NAME'
  | 'MAWS_BUSY_POLICY'
  | 'MAWS_QUEUE_URL'
  | 'WORKER_FUNCTION_NAME'
  | 'LOCKS_TABLE_NAME'
  | 'BUCKET_NAME'
  | 'CAPTURE_FAILED_EVENTS'
  | 'FAILED_EVENTS_S3_PREFIX'
  | 'WHATSAPP_VERIFY_SIGNATURE'
  | 'TELEGRAM_WEBHOOK_SECRET_REQUIRED';

/** Variables that the stack must set on the worker. */
export type WorkerVariable =
  | 'BOT_TYPE'
  | 'ENV_PARAMETER_NAME'
  | 'MAWS_BUSY_POLICY'
  | 'MAWS_QUEUE_URL'
  | 'LOCKS_TABLE_NAME'
  | 'LOCK_TTL_SECONDS'
  | 'BUCKET_NAME'
  | 'HISTORY_S3_PREFIX'
  | 'CAPTURE_FAILED_EVENTS'
  | 'FAILED_EVENTS_S3_PREFIX'
  | 'MAX_RECEIVE_COUNT'
  | 'ASYNC_RETRY_ATTEMPTS'
  | 'SPECIAL_TOKEN_FILES_JSON'
  | 'TOKEN_ENV_MAP_JSON'
  | 'TOKENS_S3_PREFIX'
  | 'SYNC_TOKENS_S3'
  | 'TOKEN_WRITE_BACK'
  | 'PERSIST_FILES_S3'
  | 'FILES_S3_PREFIX';

export type BusyPolicy = 'drop' | 'fifo' | 'merge';

export interface BotConfig {
  readonly botType: Provider;
  /** Log every call of a turn, without its content. */
  readonly verbose: boolean;
  readonly bucketName: string | undefined;
  readonly busyPolicy: BusyPolicy;
  readonly queueUrl: string | undefined;
  /** Target of the self-invoke hop; undefined = the function's own ARN. */
  readonly workerFunctionName: string | undefined;
  readonly locksTableName: string | undefined;
  readonly lockTtlSeconds: number;
  readonly historyPrefix: string;
  readonly historyPromptMessages: number;
  readonly historyStoreRaw: boolean;
  /** Rows of a chat after which its history is moved to the archive and begun anew. */
  readonly historyMaxMessages: number;
  /** Keep the files that users send under `filesPrefix` in the bucket. */
  readonly persistFiles: boolean;
  readonly filesPrefix: string;
  /** Largest medium that is fetched. */
  readonly mediaMaxBytes: number;
  /** Who writes down what is said in sounds; undefined = nobody. */
  readonly transcription: TranscriptionConfig | undefined;
  /** The agent's configuration file, relative to the package. */
  readonly configPath: string;
  /** Chat or user ids that are answered; empty = everyone. */
  readonly allowedUsers: readonly string[];
  readonly groupPolicy: 'mention' | 'all' | 'off';
  readonly messages: BotMessages;
  /** Messages that one user may send within 60 s; 0 = off. */
  readonly ingressRatePerMinute: number;
  /** Model cost of one chat in a day after which no model is asked; undefined = off. */
  readonly spendLimitUsdPerChatDay: number | undefined;
  /** Sent in place of a reply when WhatsApp's 24-hour window has closed. */
  readonly templateReengage: { readonly name: string; readonly language: string } | undefined;
  readonly captureFailedEvents: boolean;
  readonly failedEventsPrefix: string;
  /** Messages older than this on arrival are not answered; undefined (0 in the variable) = off. */
  readonly maxMessageDelaySeconds: number | undefined;
  readonly ambiguityPolicy: 'resend' | 'hold';
  readonly deliveryTimeoutSeconds: number;
  readonly dedupeTtlSeconds: number;
  readonly typingIndicator: boolean;
  readonly maxReceiveCount: number;
  readonly asyncRetryAttempts: number;
  /** Root for scratch files. */
  readonly tmpDir: string;
  /** Key of the HMAC that stands for chat and user ids in logs. */
  readonly logHashKey: string;
  readonly whatsapp: WhatsappConfig;
  readonly telegram: TelegramConfig;
  readonly warnings: readonly string[];
}

/** Texts that the bot says by itself; an empty one is not sent. */
export interface BotMessages {
  /** On the last failed attempt. */
  readonly error: string;
  /** On a message that was dropped. */
  readonly busy: string;
  /** On a kind of message that the bot cannot read. */
  readonly unsupported: string;
  readonly rateLimit: string;
  readonly spendLimit: string;
}

/** Default of `DEDUPE_TTL_SECONDS`: for 8 days the ledger knows an event again. */
export const DEFAULT_DEDUPE_TTL_SECONDS = 8 * 86_400;

/** Prefixes in the bucket, without slashes at their ends. */
export interface BotPrefixes {
  readonly history: string;
  readonly files: string;
  readonly failedEvents: string;
}

const BUSY_POLICIES = ['drop', 'fifo', 'merge'] as const;
const GROUP_POLICIES = ['mention', 'all', 'off'] as const;
const AMBIGUITY_POLICIES = ['resend', 'hold'] as const;

/**
 * The bot's configuration from its environment (contract bot §3). `botType` given in code wins over
 * `BOT_TYPE`. Throws one `ConfigError` that lists every fault.
 */
export function readBotConfig(environment: Environment, botType?: string): BotConfig {
  const env = new EnvironmentReader(environment);
  const provider = readBotType(env, botType);
  const busyPolicy = env.choice(['MAWS_BUSY_POLICY', 'BUSY_POLICY'], BUSY_POLICIES, 'drop');
  const queueUrl = env.text('MAWS_QUEUE_URL', 'QUEUE_URL');
  if (busyPolicy === 'merge' && !queueUrl)
    env.faults.push('MAWS_QUEUE_URL is needed by the busy policy merge');
  const whatsapp = readWhatsapp(env, environment, provider === 'whatsapp');
  const telegram = readTelegram(env, environment, provider === 'telegram');
  checkHistoryMode(env);
  refreshMillisOf(env); // read before this, where nobody can be warned
  const delay = env.seconds('MAX_ALLOWED_MESSAGE_DELAY', busyPolicy === 'drop' ? 120 : 0);
  const config: BotConfig = {
    botType: provider,
    verbose: env.boolean('VERBOSE', false),
    bucketName: env.text('BUCKET_NAME'),
    busyPolicy,
    queueUrl,
    workerFunctionName: env.text('WORKER_FUNCTION_NAME'),
    locksTableName: env.text('LOCKS_TABLE_NAME'),
    lockTtlSeconds: env.integer('LOCK_TTL_SECONDS', 180, 1),
    ...readHistory(env),
    ...readLimits(env),
    captureFailedEvents: env.boolean('CAPTURE_FAILED_EVENTS', false),
    failedEventsPrefix: readFailedEventsPrefix(env),
    maxMessageDelaySeconds: delay > 0 ? delay : undefined,
    ambiguityPolicy: env.choice(['SEND_AMBIGUITY_POLICY'], AMBIGUITY_POLICIES, 'resend'),
    deliveryTimeoutSeconds: env.seconds('DELIVERY_TIMEOUT', 60) || 60,
    dedupeTtlSeconds: env.integer('DEDUPE_TTL_SECONDS', DEFAULT_DEDUPE_TTL_SECONDS, 1),
    typingIndicator: env.boolean('TYPING_INDICATOR', true),
    maxReceiveCount: env.integer('MAX_RECEIVE_COUNT', 5, 1),
    asyncRetryAttempts: env.integer('ASYNC_RETRY_ATTEMPTS', 2),
    tmpDir: env.text('MAWS_TMP_DIR') ?? '/tmp',
    logHashKey: env.text('LOG_HASH_KEY') ?? `hookline:${whatsapp.token}${telegram.token}`,
    whatsapp,
    telegram,
    warnings: env.warnings,
  };
  if (env.faults.length > 0) throw new ConfigError(env.faults);
  return config;
}

const readFailedEventsPrefix = (env: EnvironmentReader) =>
  trimSlashes(env.text('FAILED_EVENTS_S3_PREFIX') ?? 'failed-events');

/** Where a bot's objects stand in its bucket; for commands, which know a bot by its environment alone. */
export function readBotPrefixes(environment: Environment): BotPrefixes {
  const env = new EnvironmentReader(environment);
  const { historyPrefix: history, filesPrefix: files } = readHistory(env);
  return { history, files, failedEvents: readFailedEventsPrefix(env) };
}

const readLimits = (env: EnvironmentReader) => ({
  transcription: readTranscription(env),
  configPath: env.text('MAWS_CONFIG_PATH') ?? 'config.json',
  allowedUsers: env.json('ALLOWED_USERS_JSON', [], isIdList).map(String),
  groupPolicy: env.choice(['GROUP_POLICY'], GROUP_POLICIES, 'mention'),
  messages: readMessages(env),
  ingressRatePerMinute: env.integer('INGRESS_RATE_PER_MINUTE', 30),
  spendLimitUsdPerChatDay: env.positive('SPEND_LIMIT_USD_PER_CHAT_DAY'),
  templateReengage: readTemplate(env),
});

const readMessages = (env: EnvironmentReader): BotMessages => ({
  error: env.message('ERROR_MESSAGE', 'Sorry, something went wrong. Please try again later.'),
  busy: env.message('BUSY_MESSAGE', ''),
  unsupported: env.message('UNSUPPORTED_MESSAGE', ''),
  rateLimit: env.message('RATE_LIMIT_MESSAGE', 'You are writing very fast. Please wait a minute.'),
  spendLimit: env.message(
    'SPEND_LIMIT_MESSAGE',
    'That is all I can answer today. Please write again tomorrow.',
  ),
});

/** `<name>:<language>`, as in `we_are_back:en_US`. */
function readTemplate(env: EnvironmentReader): BotConfig['templateReengage'] {
  const text = env.text('TEMPLATE_REENGAGE');
  if (text === undefined) return undefined;
  const [, name, language] = /^([a-z0-9_]{1,512}):([A-Za-z_]{2,10})$/.exec(text) ?? [];
  if (name && language) return { name, language };
  env.warnings.push('TEMPLATE_REENGAGE must look like we_are_back:en_US; using none');
  return undefined;
}

function readBotType(env: EnvironmentReader, given: string | undefined): Provider {
  const word = (given?.trim() || env.text('BOT_TYPE') || 'whatsapp').toLowerCase();
  if (word === 'whatsapp' || word === 'telegram') return word;
  env.faults.push('BOT_TYPE must be whatsapp or telegram');
  return 'whatsapp';
}
