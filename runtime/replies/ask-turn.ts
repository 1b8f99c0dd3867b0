import path from 'node:path';
import type { ChannelNet } from '../channels/http.ts';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { keyedHash } from '../core/log.ts';
import { modelOpener } from '../models/open-model.ts';
import type { Prompts } from '../models/prompts.ts';
import { PROMPTS_FILE, readPromptsFile } from '../models/prompts-file.ts';
import { askModel } from './ask.ts';
import { textForModel } from './collect.ts';
import type { WorkerConfig } from './config.ts';
import type { RepliesMetrics } from './metric-names.ts';
import type { RepliesHandlerOptions } from './options.ts';
import { picturesOf } from './pictures.ts';
import type { Secrets } from './secrets.ts';
import type { WorkerPorts } from './worker.ts';

export interface AskerPorts {
  readonly config: WorkerConfig;
  readonly clock: Clock;
  readonly metrics: RepliesMetrics;
  readonly secrets: Secrets;
  readonly net: ChannelNet;
  readonly account: WorkerPorts['account'];
}

/** Asks the model for the reply of a turn. The package's prompts are read when they are first needed. */
export function askerOf(
  options: RepliesHandlerOptions,
  environment: Environment,
  { config, clock, metrics, secrets, net, account }: AskerPorts,
): WorkerPorts['ask'] {
  const { fetch, bedrock: bedrockClient } = options.clients ?? {};
  const openModel = modelOpener({ fetch, bedrockClient });
  const defaults = { provider: config.modelProvider, baseUrl: config.modelBaseUrl };
  const { replyFormat: format, modelTimeoutMillis: timeoutMillis } = config;
  let prompts = options.prompts;
  const readPrompts = (): Prompts =>
    readPromptsFile(path.join(environment.LAMBDA_TASK_ROOT ?? process.cwd(), PROMPTS_FILE), defaults);
  return async (conversation, turn, { endMillis, traceparent, log }) => {
    prompts ??= readPrompts();
    const question = {
      conversation,
      text: textForModel(turn.combinedBody, config.maxBatchChars),
      turnId: turn.turnId,
      userRef: keyedHash(config.logHashKey, conversation.userAddress),
      images: () => picturesOf(turn.media, { net, log, account: () => account(conversation) }),
      ...(traceparent !== undefined && { traceparent }),
    };
    const ports = { prompts, openModel, secrets, format, clock, endMillis, timeoutMillis, log, metrics };
    return askModel(question, ports);
  };
}
