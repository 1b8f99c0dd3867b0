import type { AwsCall, Fields } from '../support/tap.ts';
import type { Usage } from './prices.ts';

/** What is assumed where a call count says nothing. */
export const ASSUMED = {
  frontMemoryGb: 0.25,
  frontSeconds: 0.04,
  workerMemoryGb: 0.5,
  /** Without the agent's own time: AWS calls, the platform's answer, our code. */
  workerSeconds: 0.4,
  /** START, END and REPORT, which Lambda writes for each invocation. */
  platformLogBytes: 350,
} as const;

/** Capacity units and requests of recorded calls; no item is larger than 1 KB (the bench checks it). */
export function usageOf(calls: readonly AwsCall[], logBytes: number): Usage {
  const count = (...names: readonly string[]) => calls.filter(({ name }) => names.includes(name)).length;
  const queued = count('SendMessage');
  return {
    lambdaRequests: 2,
    gigabyteSeconds:
      ASSUMED.frontMemoryGb * ASSUMED.frontSeconds + ASSUMED.workerMemoryGb * ASSUMED.workerSeconds,
    apiRequests: 1,
    // The event source mapping receives and deletes what was sent.
    sqsRequests: 3 * queued,
    writeUnits: calls.reduce((sum, call) => sum + writeUnits(call), 0),
    readUnits: calls.reduce((sum, call) => sum + readUnits(call), 0),
    s3Puts: count('PutObject'),
    s3Gets: count('GetObject', 'HeadObject'),
    logBytes: logBytes + 2 * ASSUMED.platformLogBytes,
  };
}

/** A refused condition is charged like the write. */
function writeUnits({ service, name, input }: AwsCall): number {
  if (service !== 'dynamodb') return 0;
  if (name === 'TransactWriteItems') return 2 * (input.TransactItems as readonly Fields[]).length;
  return ['PutItem', 'UpdateItem', 'DeleteItem'].includes(name) ? 1 : 0;
}

function readUnits({ service, name, input }: AwsCall): number {
  if (service !== 'dynamodb' || name !== 'GetItem') return 0;
  return input.ConsistentRead === true ? 1 : 0.5;
}
