import type { Environment } from '../../runtime/core/config.ts';
import { parseDotenv } from '../../runtime/core/dotenv.ts';
import type { SettingsView, SettingView } from './views.ts';

/** Variables of hookline that hold no secret. What else stands in the environment may, whatever its name. */
const SHOWN: ReadonlySet<string> = new Set([
  'ALLOWED_USERS_JSON',
  'ASYNC_RETRY_ATTEMPTS',
  'BOT_TYPE',
  'BUCKET_NAME',
  'BUSY_MESSAGE',
  'CAPTURE_FAILED_EVENTS',
  'DEDUPE_TTL_SECONDS',
  'DELIVERY_TIMEOUT',
  'ENV_PARAMETER_NAME',
  'ERROR_MESSAGE',
  'FAILED_EVENTS_S3_PREFIX',
  'FILES_S3_PREFIX',
  'GRAPH_API_URL',
  'GRAPH_API_VERSION',
  'GROUP_POLICY',
  'HISTORY_MAX_MESSAGES',
  'HISTORY_PROMPT_MESSAGES',
  'HISTORY_S3_PREFIX',
  'HISTORY_STORE_RAW',
  'INGRESS_RATE_PER_MINUTE',
  'LOCKS_TABLE_NAME',
  'LOCK_TTL_SECONDS',
  'MAWS_BUSY_POLICY',
  'MAWS_CONFIG_PATH',
  'MAWS_QUEUE_URL',
  'MAWS_TMP_DIR',
  'MAX_ALLOWED_MESSAGE_DELAY',
  'MAX_RECEIVE_COUNT',
  'MEDIA_MAX_BYTES',
  'PERSIST_FILES_S3',
  'RATE_LIMIT_MESSAGE',
  'SEND_AMBIGUITY_POLICY',
  'SPECIAL_TOKEN_FILES_JSON',
  'SPEND_LIMIT_MESSAGE',
  'SPEND_LIMIT_USD_PER_CHAT_DAY',
  'SYNC_TOKENS_S3',
  'TELEGRAM_API_URL',
  'TELEGRAM_WEBHOOK_SECRET_REQUIRED',
  'TEMPLATE_REENGAGE',
  'TOKENS_S3_PREFIX',
  'TOKEN_ENV_MAP_JSON',
  'TOKEN_WRITE_BACK',
  'TYPING_INDICATOR',
  'UNSUPPORTED_MESSAGE',
  'VERBOSE',
  'WHATSAPP_VERIFY_SIGNATURE',
  'WORKER_FUNCTION_NAME',
]);

/** The worker's variables, and by name alone what stands in the parameter with the secrets. */
export async function readSettings(
  environment: Environment,
  readParameter: (name: string) => Promise<string>,
): Promise<SettingsView> {
  const variables = Object.entries(environment)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(
      ([name, value]): SettingView => (SHOWN.has(name) && value !== undefined ? { name, value } : { name }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const parameterName = environment.ENV_PARAMETER_NAME;
  if (!parameterName) return { variables, secrets: [] };
  try {
    const secrets = Object.entries(parseDotenv(await readParameter(parameterName)))
      .filter(([, value]) => value !== '')
      .map(([name]) => name);
    return { variables, parameterName, secrets: secrets.sort() };
  } catch {
    // The parser's words might quote a line of the file.
    const fault = `The parameter ${parameterName} could not be read. The right needed is ssm:GetParameter.`;
    return { variables, parameterName, secrets: [], fault };
  }
}
