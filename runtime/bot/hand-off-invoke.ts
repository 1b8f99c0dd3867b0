import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { envelopeText, type HandOff } from './hand-off.ts';

export { LambdaClient };

/** Each job is an asynchronous invocation of the worker (contract bot §6.3). */
export function invokeHandOff(lambda: AwsClient, functionName: string, clock: Clock): HandOff {
  return {
    acknowledgement: 'Webhook received.',
    async send(jobs) {
      for (const job of jobs) {
        const Payload = Buffer.from(envelopeText(job));
        const command = new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload });
        await callAws(clock, 'lambda:InvokeFunction', () => lambda.send(command));
      }
    },
  };
}
