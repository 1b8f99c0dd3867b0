import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { emulatorClient } from '../../../local/secrets.ts';
import { buildRepliesWorker } from '../../../runtime/build.ts';
import { MODEL_SECRET, PROMPT, TWILIO_SECRET } from '../../runtime/replies/records.ts';

/** The reply engine of the emulator tier: the manual deployment, with short times. */

/** The published module's outputs that the tests use. */
export interface RepliesOutputs {
  readonly webhook_url: string;
  readonly status_callback_url: string;
  readonly rest_api_id: string;
  readonly rest_api_stage: string;
  readonly webhook_function_name: string;
  readonly webhook_policy_json: string;
  readonly worker_function_name: string;
  readonly worker_policy_json: string;
  readonly worker_log_group_name: string;
  readonly sweeper_function_name: string;
  readonly sweeper_policy_json: string;
  readonly conversations_table_name: string;
  readonly stage_table_name: string;
  readonly trigger_lock_table_name: string;
  readonly archive_table_name: string;
  readonly whatsapp_queue_url: string;
  readonly whatsapp_dead_letter_queue_url: string;
  readonly human_handoff_queue_url: string;
}

/** Key of the hashes in the log. */
export const LOG_HASH_KEY = 'emulator-tier-log-key';

/** The first receive, and one more; then the queue puts a trigger away. */
export const MAX_RECEIVE_COUNT = 2;
export const HEARTBEAT_INTERVAL_MILLIS = 2000;
export const BATCH_WINDOW_SECONDS = 1;

/** Secrets that a test makes late, or never. */
export const LATE_SECRET = 'late-model-key-';

const PROMPTS = {
  [PROMPT]: { version: '1', model: 'gpt-test', instructions: 'You answer for {{company_name}}.' },
};

/** Builds the worker with the tests' prompts; resolves to its zip. */
export async function buildWorker(folder: string): Promise<string> {
  const file = path.join(folder, 'prompts.json');
  await writeFile(file, JSON.stringify(PROMPTS));
  return path.resolve((await buildRepliesWorker(file, folder, 'replies')).zipPath);
}

export interface RepliesRootOptions {
  readonly moduleFolder: string;
  readonly workerZip: string;
  /** The folder of the root itself. */
  readonly folder: string;
  /** Stand-ins, as functions call them. */
  readonly standInUrl: string;
  /** Where webhooks are sent and what they are signed with: a proxy before the API. */
  readonly publicUrl: string;
}

/** Of the module in the root, and of its output. */
const NAME = 'replies';

/** What a user would write to have it. */
export const repliesRoot = (options: RepliesRootOptions) => ({
  module: {
    [NAME]: {
      source: path.relative(options.folder, options.moduleFolder),
      package: { path: options.workerZip },
      architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
      public_webhook_url: options.publicUrl,
      model_base_url: `${options.standInUrl}/v1`,
      environment_variables: { TWILIO_BASE_URL: options.standInUrl },
      model_secrets: [MODEL_SECRET, `${LATE_SECRET}*`],
      log_hash_key: LOG_HASH_KEY,
      log_level: 'DEBUG',
      batch_window_seconds: BATCH_WINDOW_SECONDS,
      heartbeat_interval_ms: HEARTBEAT_INTERVAL_MILLIS,
      max_receive_count: MAX_RECEIVE_COUNT,
      // The least that leaves time for a model; a trigger is hidden for longer only until the first heartbeat.
      worker_timeout_seconds: 90,
      visibility_timeout_seconds: 600,
      deletion_protection: false,
    },
  },
  output: { [NAME]: { value: `\${module.${NAME}}` } },
});

export async function putSecret(endpoint: string, Name: string, value: object): Promise<void> {
  const client = new SecretsManagerClient(emulatorClient(endpoint));
  await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }));
  client.destroy();
}

/** What Twilio and the model ask for. */
export async function putRepliesSecrets(endpoint: string): Promise<void> {
  const { accountSid, authToken } = TWILIO_TEST;
  const twilio = { twilio_account_sid: accountSid, twilio_auth_token: authToken };
  await putSecret(endpoint, TWILIO_SECRET, twilio);
  await putSecret(endpoint, MODEL_SECRET, { ai_api_key: 'sk-test' });
}
