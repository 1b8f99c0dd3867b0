import { readFile, stat } from 'node:fs/promises';
import { type BotConfig, readBotConfig } from '../../runtime/bot/config.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { parseDotenv } from '../../runtime/core/dotenv.ts';
import { ConfigError } from '../../runtime/core/errors.ts';
import { keyWarnings } from './model-keys.ts';
import { ENVIRONMENT_FILE, type Project } from './project.ts';

/** The bot's secrets as its functions will read them. */
export interface Secrets {
  /** As it stands in the file, for SSM. */
  readonly text: string;
  readonly values: Environment;
  /** Undefined when there are faults. */
  readonly config: BotConfig | undefined;
  /** Without them the bot does not work. They name variables, never values. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** The local secrets file; undefined when there is none. */
export async function readSecretsFile(project: Project): Promise<Secrets | undefined> {
  let text: string;
  try {
    text = await readFile(project.environmentFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { faults, warnings, ...secrets } = checkSecrets(project, text);
  const { mode } = await stat(project.environmentFile);
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
  const others = `${ENVIRONMENT_FILE} can be read by other users of this machine: chmod 600 ${ENVIRONMENT_FILE}`;
  return { ...secrets, faults, warnings: open ? [...warnings, others] : warnings };
}

/** Reads a `.env` text with the runtime's own parser and rules, so that both say the same (contract bot §4.2). */
export function checkSecrets(project: Project, text: string): Secrets {
  const values = parseDotenv(text);
  try {
    const config = readBotConfig({ ...values, ...stackVariables(project) });
    const { whatsapp, botType } = config;
    // A more telling warning about a name wins.
    const told = (line: string) => config.warnings.some((each) => each.startsWith(`${line.split(' ')[0]} `));
    const given = { ...(project.inputs.environment_variables as Environment | undefined), ...values };
    const warnings = [...config.warnings, ...keyWarnings(project, given).filter((line) => !told(line))];
    const unsigned = botType === 'whatsapp' && whatsapp.verifySignature && !whatsapp.appSecret;
    if (!unsigned) return { text, values, config, faults: [], warnings };
    return { text, values, config: undefined, faults: ['WHATSAPP_APP_SECRET is missing'], warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { text, values, config: undefined, faults: error.faults, warnings: [] };
  }
}

/** What the stack sets on the functions, as far as the secrets are judged by it. */
function stackVariables({ inputs, botType, busyPolicy }: Project): Environment {
  const required = inputs.allow_unsigned_webhooks === true ? '' : 'true';
  return {
    ...(inputs.environment_variables as Environment | undefined),
    BOT_TYPE: botType,
    MAWS_BUSY_POLICY: busyPolicy,
    MAWS_QUEUE_URL: 'the stack',
    BUCKET_NAME: 'the stack',
    WHATSAPP_VERIFY_SIGNATURE: required,
    TELEGRAM_WEBHOOK_SECRET_REQUIRED: required,
  };
}
