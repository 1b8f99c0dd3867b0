import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { Construct } from 'constructs';
import {
  attribute,
  type Condition,
  expression,
  hcl,
  is,
  numberOf,
  type Optional,
  type Settable,
  when,
} from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import { encryptedBy, RETENTION_SECONDS, tlsOnly } from '../parts/queue.ts';
import type { Names } from './names.ts';

/** Deliveries before a message goes to its dead-letter queue. AWS advises at least five. */
const MAX_RECEIVES = 5;
/** The detector takes failures once a minute and is done within one. */
const FAILURES_VISIBILITY_SECONDS = 120;

export interface FilesQueuesProps {
  readonly names: Names;
  readonly dispatch: string;
  readonly timeoutSeconds: Settable<number>;
  readonly kmsKeyArn: Optional<string>;
  readonly place: Place;
}

export interface FilesQueues {
  readonly failures: SqsQueue;
  readonly deadFailures: SqsQueue;
  readonly dispatch: SqsQueue | undefined;
  readonly deadDispatch: SqsQueue | undefined;
  readonly hasDispatch: Condition;
}

/** The queue of invocations that failed, and the one of executions to come where that is asked for (contract files §8). */
export function makeQueues(scope: Construct, props: FilesQueuesProps): FilesQueues {
  const { names, place } = props;
  const hasDispatch = is(props.dispatch, 'sqs');
  const make = (id: string, name: string, config: object) =>
    new SqsQueue(scope, id, {
      name,
      policy: tlsOnly(name, place),
      messageRetentionSeconds: RETENTION_SECONDS,
      ...encryptedBy(props.kmsKeyArn),
      ...config,
    });
  const deadFailures = make('dead_failures', names.deadFailures, {});
  const failures = make('failures', names.failures, {
    visibilityTimeoutSeconds: FAILURES_VISIBILITY_SECONDS,
    ...dyingIn(deadFailures),
  });
  const deadDispatch = when(hasDispatch, (count) => make('dead_dispatch', names.deadDispatch, count));
  const dispatch = when(hasDispatch, (count) =>
    make('dispatch', names.dispatch, {
      // Six times the timeout, as AWS advises: throttled deliveries wait inside it.
      visibilityTimeoutSeconds: numberOf(expression(`6 * ${hcl(props.timeoutSeconds)}`)),
      ...dyingIn(deadDispatch),
      ...count,
    }),
  );
  return { failures, deadFailures, dispatch, deadDispatch, hasDispatch };
}

const dyingIn = (dead: SqsQueue | undefined) => ({
  redrivePolicy: expression(
    `jsonencode({ deadLetterTargetArn = ${hcl(attribute(dead, 'arn'))}, maxReceiveCount = ${MAX_RECEIVES} })`,
  ),
});
