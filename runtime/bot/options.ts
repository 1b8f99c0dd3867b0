import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import type { ModelPrices } from '../models/prices.ts';
import type { Agent } from './agent.ts';
import type { ToolFunction } from './agents/llm.ts';
import type { CommandOptions } from './commands.ts';
import type { Transcribe } from './transcribe.ts';

/** What a handler reaches the world through; what is absent is made on first use. Tests give fakes. */
export interface BotClients {
  readonly s3?: AwsClient;
  readonly dynamodb?: AwsClient;
  readonly ssm?: AwsClient;
  readonly sqs?: AwsClient;
  readonly lambda?: AwsClient;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

export interface HandlerOptions {
  /** Decides the replies; without it the agent of the configuration file does, or else the bot echoes. */
  readonly agent?: Agent;
  /** Functions by the name that a tool of the configuration file gives; else the module that the file names. */
  readonly tools?: Readonly<Record<string, ToolFunction>>;
  /** Prices by `provider:model` for the configuration file's models; they win over the known ones. */
  readonly prices?: ModelPrices;
  /** Texts of the built-in commands, commands of the bot's own, and its admin. */
  readonly commands?: CommandOptions;
  /** Writes down what is said in sounds; by default Groq or OpenAI, if there is a key for them. */
  readonly transcribe?: Transcribe;
  readonly clients?: BotClients;
  /** Replaces `process.env`. */
  readonly environment?: Environment;
  /** Where log lines go, one JSON object each; by default standard output. */
  readonly writeLog?: (line: string) => void;
}

/** The part of Lambda's context that hookline reads. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}
