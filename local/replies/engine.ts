import path from 'node:path';
import { buildRepliesWorker } from '../../runtime/build.ts';
import type { StandStack } from '../deployment.ts';
import { type Backend, machineName } from '../emulator/emulator.ts';
import { Problem } from '../problem.ts';

const PREFIX = 'hookline-local-replies';
const ENVIRONMENT = 'dev';

/** Its functions' names, as `modules/replies` makes them of prefix and environment. */
export const ENGINE_FUNCTIONS = {
  webhook: `${PREFIX}-staging-${ENVIRONMENT}`,
  worker: `${PREFIX}-whatsapp-messaging-${ENVIRONMENT}`,
  sweeper: `${PREFIX}-sweeper-${ENVIRONMENT}`,
} as const;

/** The engine's stack. */
export const ENGINE_STACK: StandStack = { name: 'replies', functions: Object.values(ENGINE_FUNCTIONS) };

/** The address that Twilio knows and signs; no name that can be resolved, so nothing ever goes there. */
export const PUBLIC_URL = 'https://replies.hookline.invalid/whatsapp';

/** The example's prompts: those of OpenAI's models speak to the stand-in by `model_base_url`. */
const PROMPTS = 'examples/replies/prompts.json';

/** The prompt that answers here. */
export const PROMPT = 'booking';

/** The worker's zip with prompts, as `hookline replies build` makes it. */
export async function buildEngine(): Promise<string> {
  try {
    return (await buildRepliesWorker(PROMPTS, 'dist/bundles', 'replies-local')).zipPath;
  } catch (error) {
    throw new Problem(`The prompts cannot be built. ${(error as Error).message}`);
  }
}

/** The engine's inputs, in the settings file's words: short times, and the stand-ins in place of the providers. */
export function engineSettings(backend: Backend, standInPort: number, workerZip: string) {
  const standIns = `http://${machineName(backend)}:${standInPort}`;
  return {
    environment_name: ENVIRONMENT,
    replies_project_prefix: PREFIX,
    shared_project_prefix: 'hookline-local',
    package: { path: path.resolve(workerZip) },
    architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    public_webhook_url: PUBLIC_URL,
    model_provider: 'openai',
    model_base_url: `${standIns}/v1`,
    environment_variables: { TWILIO_BASE_URL: standIns },
    deletion_protection: false,
    batch_window_seconds: 1,
    ttl_buffer_seconds: 5,
    heartbeat_interval_ms: 2000,
    max_receive_count: 2,
    worker_timeout_seconds: 90,
    model_timeout_ms: 20_000,
  };
}
