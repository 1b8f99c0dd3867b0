/**
 * An original project's `params.json` as settings (contract bot §14). What has no counterpart is named, with the
 * reason, so that nobody finds out at night. A literal `false` stays false (H41).
 */

export interface Converted {
  /** Settings as in `hookline.json`. */
  readonly settings: { readonly region?: string; readonly bot: Readonly<Record<string, unknown>> };
  /** A key of `params.json` and why it was left out. */
  readonly left: readonly { readonly key: string; readonly reason: string }[];
}

type Tree = Readonly<Record<string, unknown>>;

/** Where a value goes: an input of the bot, or an environment variable of its functions. */
type Target =
  | { readonly input: string; readonly value: unknown }
  | { readonly variable: string; readonly value: unknown }
  | { readonly region: string }
  | { readonly reason: string }
  /** The value is what hookline does anyway. */
  | 'nothing';

type Rule = (value: unknown) => Target;

const input =
  (name: string): Rule =>
  (value) => ({ input: name, value });
const variable =
  (name: string): Rule =>
  (value) => ({ variable: name, value });
const left =
  (reason: string): Rule =>
  () => ({ reason });
/** Kept out only where it differs from what is fixed here. */
const fixed =
  (only: unknown, reason: string): Rule =>
  (value) =>
    value === only ? 'nothing' : { reason };

const NODE = 'the functions run on Node.js';
const PACKAGE = 'package.json and its lock file name the dependencies';
const LATER = 'this release does not have it';

/** Keys by their dotted path. */
const RULES: Readonly<Record<string, Rule>> = {
  project: input('name'),
  region: (value) => ({ region: String(value) }),
  bot: input('bot_type'),
  stack_name: left('Terraform names no stack'),
  history_bucket: (name) => ({ input: 'bucket', value: { name, arn: `arn:aws:s3:::${name}` } }),
  deployment_bucket: left('Terraform uploads the code itself'),
  env_param_name: input('env_parameter_name'),
  api_path: fixed('/webhook', 'the path is always /webhook'),
  lambda_timeout: input('worker_timeout_seconds'),
  busy_policy: input('busy_policy'),
  sync_tokens_s3: input('sync_tokens_s3'),
  tokens_s3_prefix: fixed('secrets', 'the worker may read secrets/ alone'),
  special_token_files: input('special_token_files'),
  token_env_map: input('token_env_map'),
  persist_files_s3: input('persist_files'),
  files_s3_prefix: fixed('files', 'the worker may use files/ alone'),
  history_mode: fixed('per_user', LATER),
  history_rotation: fixed('message_count', LATER),
  history_max_messages: variable('HISTORY_MAX_MESSAGES'),
  history_period: left(LATER),
  history_s3_prefix: fixed('history', 'the worker may use history/ alone'),
  shared_history_s3_prefix: left(LATER),
  verbose: variable('VERBOSE'),
  'runtime.manager_kwargs': left(LATER),
  'runtime.bot_kwargs': left(LATER),
  'runtime.ensure_delivery': variable('ENSURE_DELIVERY'),
  'runtime.delivery_timeout': variable('DELIVERY_TIMEOUT'),
  'runtime.max_allowed_message_delay': variable('MAX_ALLOWED_MESSAGE_DELAY'),
  'webhook_security.telegram_secret_token_env_key': variable('TELEGRAM_WEBHOOK_SECRET_TOKEN_ENV_KEY'),
  // The original does not check unless told to; here a bot without the secret is refused unless told to.
  'webhook_security.whatsapp_verify_signature': (value) =>
    value === false ? { input: 'allow_unsigned_webhooks', value: true } : 'nothing',
  'webhook_security.whatsapp_app_secret_env_key': variable('WHATSAPP_APP_SECRET_ENV_KEY'),
  'failure_handling.worker_dlq': fixed(true, 'there is always a dead-letter queue'),
  'failure_handling.capture_failed_events': input('capture_failed_events'),
  'infra.runtime': left(NODE),
  'infra.architecture': (value) => ({ input: 'architectures', value: [value] }),
  'infra.memory_size': input('worker_memory_mb'),
  'infra.log_retention_days': input('log_retention_days'),
  'infra.reserved_concurrency': input('worker_reserved_concurrency'),
  'infra.s3_versioning': fixed(true, 'the bucket always keeps versions'),
  'infra.s3_lifecycle_days': left('such a rule also deletes histories and token files'),
  'infra.s3_encryption': fixed('AES256', 'kms_key_arn names a key of your own'),
  'infra.tracing': input('tracing'),
  'telegram.env_token_key': fixed('TELEGRAM_TOKEN', 'the token is read from TELEGRAM_TOKEN'),
  'whatsapp.verify_env_key': (value) =>
    ['WEBHOOK_VERIFY_TOKEN', 'WHATSAPP_VERIFY_TOKEN'].includes(String(value))
      ? 'nothing'
      : { reason: 'the verify token is read from WEBHOOK_VERIFY_TOKEN' },
};

/** Converts what it knows and names the rest. Null and empty values count as not given. */
export function convertParams(params: Tree): Converted {
  const bot: Record<string, unknown> = {};
  const variables: Record<string, string> = {};
  const leftOut: { key: string; reason: string }[] = [];
  let region: string | undefined;
  for (const [key, value] of flattened(params)) {
    const target = targetOf(key, value);
    if (target === 'nothing') continue;
    if ('reason' in target) leftOut.push({ key, reason: target.reason });
    else if ('region' in target) region = target.region;
    else if ('input' in target) bot[target.input] = target.value;
    else variables[target.variable] = String(target.value);
  }
  if (Object.keys(variables).length > 0) bot.environment_variables = variables;
  return {
    settings: { ...(region !== undefined && { region }), bot: withLock(bot) },
    left: leftOut,
  };
}

function targetOf(key: string, value: unknown): Target {
  const rule = RULES[key];
  if (rule) return rule(value);
  return {
    reason: /^(dependency|dependencies|extras|source|ref)\b/.test(key)
      ? PACKAGE
      : 'hookline has no such setting',
  };
}

/** Groups are opened; lists and the maps that are values themselves are not. */
function flattened(tree: Tree, prefix = ''): readonly (readonly [string, unknown])[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const key = `${prefix}${name}`;
    if (value === null || value === undefined || value === '' || isEmpty(value)) return [];
    const isGroup = typeof value === 'object' && !Array.isArray(value) && !(key in RULES);
    return isGroup ? flattened(value as Tree, `${key}.`) : [[key, value] as const];
  });
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const LOCK_MARGIN_SECONDS = 15;
const DEFAULT_LOCK_SECONDS = 180;

/** A lock must outlast the worker, which the original did not ask for. */
function withLock(bot: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const needed = Number(bot.worker_timeout_seconds ?? 0) + LOCK_MARGIN_SECONDS;
  return needed > DEFAULT_LOCK_SECONDS ? { ...bot, lock_ttl_seconds: needed } : bot;
}
