/** What `hookline/bot` offers. Nothing in the runtime imports it: the stock bundles hold only what they use. */
export type { Agent, AgentContext, Block, HistoryRow, Reply, Turn } from './agent.ts';
export { type LlmAgentOptions, llmAgent } from './agents/llm.ts';
export type { CommandOptions, CustomCommand } from './commands.ts';
export { buildLambdaHandler } from './handler.ts';
export type { BotClients, HandlerOptions, InvocationContext } from './options.ts';
