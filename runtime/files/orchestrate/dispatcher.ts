import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { AwsCallError } from '../../core/errors.ts';
import { type Backoff, backoffSeconds } from '../backoff.ts';

/** `busy`: throttled, broken or lost, after the retries. `refused`: a retry cannot help. `cause` is AWS's code. */
export type DispatchAnswer =
  | { readonly status: 'accepted' }
  | { readonly status: 'busy' | 'refused'; readonly cause: string };

/** Hands an event over. Accepted means that it is queued, never that it is done. */
export interface Dispatcher {
  send(event: string): Promise<DispatchAnswer>;
}

export interface DispatcherPorts {
  readonly clock: Clock;
  readonly random: () => number;
}

/** Tries of one event and the pauses between them (contract files §3.3). */
const TRIES = 5;
const PAUSES: Backoff = { baseSeconds: 1, capSeconds: 60 };
const ACCEPTED = 202;
const ONCE = { maxAttempts: 1, maxDelayMillis: 0 } as const;

/** Invokes the function, asynchronously. `functionName` may be the ARN of an alias. */
export function lambdaDispatcher(
  lambda: AwsClient,
  functionName: string,
  ports: DispatcherPorts,
): Dispatcher {
  return repeated(ports, async (event) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: Buffer.from(event),
    });
    const { StatusCode: status } = await callAws(
      ports.clock,
      'lambda:Invoke',
      () => lambda.send(command),
      ONCE,
    );
    return status === ACCEPTED ? { status: 'accepted' } : { status: 'busy', cause: `status ${status}` };
  });
}

/** Puts events into a queue that the function takes them from. */
export function sqsDispatcher(sqs: AwsClient, queueUrl: string, ports: DispatcherPorts): Dispatcher {
  return repeated(ports, async (event) => {
    const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: event });
    await callAws(ports.clock, 'sqs:SendMessage', () => sqs.send(command), ONCE);
    return { status: 'accepted' };
  });
}

function repeated(
  { clock, random }: DispatcherPorts,
  once: (event: string) => Promise<DispatchAnswer>,
): Dispatcher {
  const attempt = async (event: string): Promise<DispatchAnswer> => {
    try {
      return await once(event);
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      const cause = String(error.code ?? error.name);
      return { status: error.errorClass === 'transient' ? 'busy' : 'refused', cause };
    }
  };
  return {
    async send(event) {
      for (let tries = 1; ; tries++) {
        const answer = await attempt(event);
        if (answer.status !== 'busy' || tries >= TRIES) return answer;
        await clock.sleep(backoffSeconds(tries - 1, PAUSES, random) * 1000);
      }
    },
  };
}
