import { type Environment, type EnvironmentReader, isIdList } from '../core/config.ts';

export interface WhatsappConfig {
  readonly token: string;
  readonly phoneNumberId: string;
  readonly verifyToken: string;
  readonly appSecret: string | undefined;
  readonly verifySignature: boolean;
  readonly allowedPhoneNumberIds: readonly string[];
  /** `v<digits>.<digits>` */
  readonly graphVersion: string;
  readonly graphUrl: string;
}

export interface TelegramConfig {
  readonly token: string;
  readonly secretToken: string | undefined;
  readonly apiUrl: string;
  /** Without the @; undefined = asked from Telegram when a group message needs it. */
  readonly username: string | undefined;
}

/** Newest Graph API version when this release was made (contract bot §16.1). */
export const DEFAULT_GRAPH_VERSION = 'v26.0';

/** A platform credential: the name itself, or with suffix `_API_KEY` or `_KEY`, in any case. */
export function credential(environment: Environment, name: string): string | undefined {
  const wanted = [name, `${name}_API_KEY`, `${name}_KEY`];
  for (const candidate of wanted) {
    const exact = environment[candidate]?.trim();
    if (exact) return exact;
  }
  for (const [key, value] of Object.entries(environment)) {
    if (value?.trim() && wanted.includes(key.toUpperCase())) return value.trim();
  }
  return undefined;
}

/** Adds its faults and warnings to the reader. */
export function readWhatsapp(
  env: EnvironmentReader,
  environment: Environment,
  needed: boolean,
): WhatsappConfig {
  const require = (name: string) => {
    const value = credential(environment, name);
    if (!value && needed) env.faults.push(`${name} is missing`);
    return value ?? '';
  };
  const phoneNumberId = require('WHATSAPP_PHONE_NUMBER_ID');
  const appSecret = env.text(env.text('WHATSAPP_APP_SECRET_ENV_KEY') ?? 'WHATSAPP_APP_SECRET');
  const graphVersion = env.text('GRAPH_API_VERSION') ?? DEFAULT_GRAPH_VERSION;
  if (needed && !/^v\d+\.\d+$/.test(graphVersion)) env.faults.push('GRAPH_API_VERSION must look like v26.0');
  const allowed = env.json('WHATSAPP_ALLOWED_PHONE_NUMBER_IDS', [phoneNumberId], isIdList);
  const verify = env.boolean('WHATSAPP_VERIFY_SIGNATURE', undefined);
  if (needed && verify === false)
    env.warnings.push('WHATSAPP_VERIFY_SIGNATURE is false: anyone who knows the address can post messages');
  return {
    token: require('WHATSAPP_TOKEN'),
    phoneNumberId,
    verifyToken: readVerifyToken(env, environment, needed),
    appSecret,
    verifySignature: verify ?? appSecret !== undefined,
    allowedPhoneNumberIds: allowed.map(String),
    graphVersion,
    graphUrl: env.text('GRAPH_API_URL') ?? 'https://graph.facebook.com',
  };
}

/** Set but empty is no fault: then no handshake is accepted (contract bot §5). */
function readVerifyToken(env: EnvironmentReader, environment: Environment, needed: boolean): string {
  const names = ['WEBHOOK_VERIFY_TOKEN', 'WHATSAPP_VERIFY_TOKEN'] as const;
  const value = names.map((name) => credential(environment, name)).find(Boolean);
  if (value || !needed) return value ?? '';
  if (names.some((name) => environment[name] !== undefined))
    env.warnings.push(`${names[0]} is empty: the webhook cannot be registered`);
  else env.faults.push(`${names.join(' or ')} is missing`);
  return '';
}

/** Likewise. */
export function readTelegram(
  env: EnvironmentReader,
  environment: Environment,
  needed: boolean,
): TelegramConfig {
  const token = credential(environment, 'TELEGRAM_TOKEN');
  if (needed && !token) env.faults.push('TELEGRAM_TOKEN is missing');
  const secretName = env.text('TELEGRAM_WEBHOOK_SECRET_TOKEN_ENV_KEY') ?? 'TELEGRAM_WEBHOOK_SECRET_TOKEN';
  const secretToken = env.text(secretName);
  if (needed && secretToken && !/^[A-Za-z0-9_-]{1,256}$/.test(secretToken))
    env.faults.push(`${secretName} must be 1 to 256 characters of A-Z a-z 0-9 _ -`);
  if (needed && !secretToken && env.boolean('TELEGRAM_WEBHOOK_SECRET_REQUIRED', false))
    env.faults.push(`${secretName} is missing`);
  return {
    token: token ?? '',
    secretToken,
    apiUrl: env.text('TELEGRAM_API_URL') ?? 'https://api.telegram.org',
    username: env.text('TELEGRAM_BOT_USERNAME')?.replace(/^@/, ''),
  };
}
