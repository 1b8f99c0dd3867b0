/** What `hookline/replies` offers. Nothing in the runtime imports it: the stock bundles hold only what they use. */

export { VERSION } from '../core/version.ts';
export type { Prompt, Prompts } from '../models/prompts.ts';
export { readPrompts } from '../models/prompts-file.ts';
export { REPLIES_CODES, type RepliesCode, RepliesError } from './errors.ts';
export type { InvocationContext, RepliesClients, RepliesHandlerOptions } from './options.ts';
export { buildSweeperHandler } from './sweeper-handler.ts';
export { buildWebhookHandler } from './webhook-handler.ts';
export { buildWorkerHandler } from './worker-handler.ts';
