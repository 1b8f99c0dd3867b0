import { type AwsCall, awsError, Tap } from '../support/tap.ts';
import type { Container } from './container.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { FunctionRun } from './invocation.ts';

const THROTTLES: Readonly<Record<AwsCall['service'], Error>> = {
  dynamodb: awsError('ThrottlingException', 400),
  s3: awsError('SlowDown', 503),
  sqs: awsError('RequestThrottled', 403),
  lambda: awsError('TooManyRequestsException', 429),
  ssm: awsError('ThrottlingException', 400),
  logs: awsError('ThrottlingException', 400),
  secretsmanager: awsError('ThrottlingException', 400),
};

function conflictOf({ name }: AwsCall): Error {
  if (name === 'PutObject') return awsError('ConditionalRequestConflict', 409);
  if (name !== 'TransactWriteItems') return awsError('TransactionConflictException', 400);
  const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }];
  return awsError('TransactionCanceledException', 400, 'Transaction cancelled', { CancellationReasons });
}

const connectionLost = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

/** What a container's AWS calls need of its world. */
export interface FaultyWorld {
  readonly foreverMillis: number;
  latencyMillis(): number;
  meet(call: AwsCall): FaultKind | undefined;
  /** The call is about to be done. */
  before(call: AwsCall, fault: FaultKind | undefined): void;
  /** It was done, whether or not anybody hears of it. */
  after(call: AwsCall): void;
}

/** The AWS calls of a container: each takes a moment, may meet a fault, and goes nowhere after death. */
export function faultyTap<Run extends FunctionRun>(container: Container<Run>, world: FaultyWorld): Tap {
  const tap = new Tap();
  const faults = new WeakMap<AwsCall, FaultKind>();
  tap.before = async (call) => {
    const fault = world.meet(call);
    if (fault) faults.set(call, fault);
    await container.clock.sleep(world.latencyMillis());
    if (fault === 'die') await container.die();
    if (fault === 'timeout') await container.clock.sleep(world.foreverMillis);
    if (fault === 'throttle') throw THROTTLES[call.service];
    if (fault === 'conflict') throw conflictOf(call);
    if (fault === 'fail' || fault === 'down' || fault === 'outage')
      throw awsError('InternalServerError', 500);
    world.before(call, fault);
  };
  tap.after = async (call) => {
    world.after(call);
    const fault = faults.get(call);
    if (fault === 'die-after') await container.die();
    if (fault === 'timeout-done') await container.clock.sleep(world.foreverMillis);
    await container.clock.sleep(world.latencyMillis());
    if (fault === 'lost' || fault === 'lost-down') throw connectionLost();
  };
  return tap;
}
