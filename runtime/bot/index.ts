/** What `hookline/bot` offers. Nothing in the runtime imports it: the stock bundles hold only what they use. */

export { VERSION } from '../core/version.ts';
export type { ModelPrices } from '../models/prices.ts';
export type { Agent, AgentContext, Block, HistoryRow, Reply, Turn, Usage } from './agent.ts';
export { type HttpAgentOptions, httpAgent } from './agents/http.ts';
export { type LambdaAgentOptions, lambdaAgent } from './agents/lambda.ts';
export { type AgentTool, type LlmAgentOptions, llmAgent, type ToolFunction } from './agents/llm.ts';
export type { RemoteAnswer, RemoteRequest } from './agents/remote.ts';
export type { CommandOptions, CustomCommand } from './commands.ts';
export type {
  DirectActions,
  SendableMedia,
  SendMediaOptions,
  SendOptions,
  SendTextOptions,
} from './direct-actions.ts';
export { buildLambdaHandler } from './handler.ts';
export type { BotClients, HandlerOptions, InvocationContext } from './options.ts';
export {
  createSender,
  type MessageSender,
  type SenderContent,
  type SenderOptions,
  type SendOnceOptions,
  type SendResult,
  type TemplateMessage,
} from './sender/index.ts';
export { NotSentError } from './sender/not-sent.ts';
export type { Sound, Transcribe } from './transcribe.ts';
