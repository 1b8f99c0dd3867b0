import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import type { OpenModelPorts } from '../models/open-model.ts';
import type { Prompts } from '../models/prompts.ts';

/** What the handlers reach the world through; what is absent is made once per container. Tests give fakes. */
export interface RepliesClients {
  readonly dynamodb?: AwsClient;
  readonly sqs?: AwsClient;
  readonly secretsManager?: AwsClient;
  readonly bedrock?: OpenModelPorts['bedrockClient'];
  /** To Twilio and to the models. */
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

export interface RepliesHandlerOptions {
  readonly clients?: RepliesClients;
  /** Replaces `process.env`. */
  readonly environment?: Environment;
  /** Replaces the package's `prompts.json`. */
  readonly prompts?: Prompts;
  /** Where log and metric lines go, one JSON object each; by default standard output. */
  readonly writeLog?: (line: string) => void;
}

/** The part of Lambda's context that hookline reads. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}
