import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { type AwsClient, callAws } from '../../core/aws-errors.ts';
import { HooklineError } from '../../core/errors.ts';
import type { Agent, AgentContext } from '../agent.ts';
import { callLimits, MAX_ANSWER_BYTES, readRemoteAnswer, remoteRequest } from './remote.ts';

export interface LambdaAgentOptions {
  /** Name or ARN, with an alias or version if wanted. The worker's role must be allowed to invoke it. */
  readonly functionName: string;
  /** Longest wait, in seconds. Default: what the turn has left. */
  readonly timeoutSeconds?: number;
  /** Replaces the client that is made on first use. */
  readonly client?: AwsClient;
}

/**
 * An agent that is another Lambda function. It is invoked with a `RemoteRequest` and returns a `RemoteAnswer`.
 * Throws by class: throttled, broken, or failed in its own code is transient, refused is hold or permanent.
 *
 * @example
 * export const agent = lambdaAgent({ functionName: 'shop-answers:live' });
 */
export function lambdaAgent({ functionName, timeoutSeconds, client }: LambdaAgentOptions): Agent {
  let opened: Promise<AwsClient> | undefined;
  return async (turn, context) => {
    opened ??= client ? Promise.resolve(client) : openClient();
    const { millis, signal } = callLimits(context, timeoutSeconds);
    const payload = remoteRequest(turn, context, millis);
    const answer = await invoke(await opened, functionName, payload, { context, signal });
    return readRemoteAnswer(answer, context);
  };
}

/** Loaded by those bots alone that have such an agent. */
async function openClient(): Promise<AwsClient> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  // A function answers within 15 minutes. Once only: what it did before a failure is done.
  const requestHandler = { connectionTimeout: 1000, requestTimeout: 930_000, throwOnRequestTimeout: true };
  return new LambdaClient({ maxAttempts: 1, requestHandler });
}

interface Call {
  readonly context: AgentContext;
  readonly signal: AbortSignal;
}

/** One synchronous invocation: payload in, payload out, both JSON text. */
async function invoke(
  client: AwsClient,
  functionName: string,
  payload: string,
  { context, signal }: Call,
): Promise<string> {
  const { InvokeCommand } = await import('@aws-sdk/client-lambda');
  const command = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) });
  const call = () => client.send(command, { abortSignal: signal }) as Promise<InvokeCommandOutput>;
  const once = { maxAttempts: 1, maxDelayMillis: 0 };
  const output = await callAws(context.clock, 'lambda:InvokeFunction', call, once).catch((error) => {
    if (!signal.aborted) throw error;
    throw new HooklineError('The agent did not answer in time', 'transient', { code: 'agent_timeout' });
  });
  // Its message may quote what the user wrote.
  if (output.FunctionError)
    throw new HooklineError(`The agent's function failed (${output.FunctionError})`, 'transient');
  const answer = Buffer.from(output.Payload ?? new Uint8Array());
  if (answer.length > MAX_ANSWER_BYTES)
    throw new HooklineError("The agent's answer is larger than 1 MB", 'permanent');
  return answer.toString('utf8');
}
