import { randomBytes } from 'node:crypto';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { MODEL_PROVIDERS } from '../runtime/models/providers.ts';
import { REGION, TEST_KEYS } from './terraform.ts';

/** Credentials that exist only between a stand's bot and its stand-ins. */
export interface BotSecrets {
  readonly whatsappToken: string;
  readonly whatsappAppSecret: string;
  readonly whatsappVerifyToken: string;
  readonly phoneNumberId: string;
  readonly telegramToken: string;
  readonly telegramSecretToken: string;
}

const random = () => randomBytes(24).toString('base64url');

/** New ones for every start. */
export const newSecrets = (): BotSecrets => ({
  whatsappToken: random(),
  whatsappAppSecret: random(),
  whatsappVerifyToken: random(),
  phoneNumberId: '100000000000001',
  telegramToken: `7000000001:${random()}`,
  telegramSecretToken: random(),
});

/** The bot's `.env`: its credentials, and the stand-ins in place of the platforms. */
export function environmentFile(secrets: BotSecrets, standInUrl: string): string {
  const lines = {
    WHATSAPP_TOKEN: secrets.whatsappToken,
    WHATSAPP_PHONE_NUMBER_ID: secrets.phoneNumberId,
    WHATSAPP_APP_SECRET: secrets.whatsappAppSecret,
    WEBHOOK_VERIFY_TOKEN: secrets.whatsappVerifyToken,
    TELEGRAM_TOKEN: secrets.telegramToken,
    TELEGRAM_WEBHOOK_SECRET_TOKEN: secrets.telegramSecretToken,
    GRAPH_API_URL: standInUrl,
    TELEGRAM_API_URL: standInUrl,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const MODEL_SETTINGS = [
  ...Object.values(MODEL_PROVIDERS).map(({ apiKeyName }) => apiKeyName),
  'OPENAI_MODEL',
  'OPENAI_BASE_URL',
];

/** What an agent with a language model reads, as more lines of the `.env`: from the user's own environment. */
export const modelSettings = (environment: NodeJS.ProcessEnv): string =>
  MODEL_SETTINGS.flatMap((name) => (environment[name] ? [`${name}=${environment[name]}\n`] : [])).join('');

/** Settings of an AWS client that talks to an emulator. Queue addresses name hosts that only it may know. */
export const emulatorClient = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: TEST_KEYS,
  useQueueUrlAsEndpoint: false,
});

/** Puts the `.env` where the bot reads it. */
export async function putEnvironment(endpoint: string, parameterName: string, text: string): Promise<void> {
  const ssm = new SSMClient(emulatorClient(endpoint));
  const input = { Name: parameterName, Value: text, Type: 'SecureString', Overwrite: true } as const;
  await ssm.send(new PutParameterCommand(input));
  ssm.destroy();
}

/** Takes it away again; one that is not there is no error. */
export async function deleteEnvironment(endpoint: string, parameterName: string): Promise<void> {
  const ssm = new SSMClient(emulatorClient(endpoint));
  await ssm.send(new DeleteParametersCommand({ Names: [parameterName] }));
  ssm.destroy();
}
