import { randomBytes } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { emulatorClient } from '../secrets.ts';

/** Credentials that exist only between a stand's reply engine and its stand-ins. */
export interface RepliesSecrets {
  readonly accountSid: string;
  readonly authToken: string;
  readonly modelKey: string;
}

/** New ones for every start. */
export const newRepliesSecrets = (): RepliesSecrets => ({
  accountSid: `AC${randomBytes(16).toString('hex')}`,
  authToken: randomBytes(16).toString('hex'),
  modelKey: `sk-${randomBytes(24).toString('base64url')}`,
});

/** Their names in Secrets Manager, by the convention of contract replies §6. */
export const SECRET_NAMES = {
  twilio: 'hookline-local/whatsapp-credentials/demo/stand/twilio-dev',
  model: 'hookline-local/openai-api-key/whatsapp-dev',
} as const;

/** Puts them where the engine reads them. */
export async function putRepliesSecrets(endpoint: string, secrets: RepliesSecrets): Promise<void> {
  const { accountSid, authToken, modelKey } = secrets;
  const client = new SecretsManagerClient(emulatorClient(endpoint));
  const twilio = { twilio_account_sid: accountSid, twilio_auth_token: authToken };
  await put(client, SECRET_NAMES.twilio, JSON.stringify(twilio));
  await put(client, SECRET_NAMES.model, JSON.stringify({ ai_api_key: modelKey }));
  client.destroy();
}

async function put(client: SecretsManagerClient, name: string, SecretString: string): Promise<void> {
  try {
    await client.send(new CreateSecretCommand({ Name: name, SecretString }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
  }
}

/** Takes them away again; one that is not there is no error. */
export async function deleteRepliesSecrets(endpoint: string): Promise<void> {
  const client = new SecretsManagerClient(emulatorClient(endpoint));
  for (const SecretId of Object.values(SECRET_NAMES)) {
    const command = new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true });
    await client.send(command).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
  }
  client.destroy();
}
