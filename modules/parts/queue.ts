import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import {
  attribute,
  type Condition,
  choose,
  expression,
  flagOf,
  given,
  hcl,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';

/** The longest that SQS keeps a message. */
const RETENTION_SECONDS = 14 * 86_400;

export interface QueuesProps {
  readonly name: string;
  /** True: a FIFO queue with its dead-letter queue. False: a standard queue for failed asynchronous invocations. */
  readonly fifo: Condition;
  readonly workerTimeoutSeconds: Settable<number>;
  readonly maxReceiveCount: Settable<number>;
  readonly kmsKeyArn: Optional<string>;
}

/** The queue of jobs, where there is one, and the queue of what could not be done. */
export class Queues extends Construct {
  readonly jobs: SqsQueue | undefined;
  readonly dead: SqsQueue;

  constructor(scope: Construct, id: string, props: QueuesProps) {
    super(scope, id);
    const encryption = encryptedBy(props.kmsKeyArn);
    this.dead = new SqsQueue(this, 'dead', {
      name: choose(props.fifo, `${props.name}-dead.fifo`, `${props.name}-dead`),
      fifoQueue: flagOf(props.fifo),
      messageRetentionSeconds: RETENTION_SECONDS,
      ...encryption,
    });
    this.jobs = when(
      props.fifo,
      (count) =>
        new SqsQueue(this, 'jobs', {
          name: `${props.name}-jobs.fifo`,
          fifoQueue: true,
          contentBasedDeduplication: false,
          deduplicationScope: 'messageGroup',
          fifoThroughputLimit: 'perMessageGroupId',
          // Six times the timeout, as AWS advises: throttled deliveries wait inside it.
          visibilityTimeoutSeconds: numberOf(expression(`6 * ${hcl(props.workerTimeoutSeconds)}`)),
          messageRetentionSeconds: RETENTION_SECONDS,
          redrivePolicy: expression(
            `jsonencode({ deadLetterTargetArn = ${hcl(attribute(this.dead, 'arn'))}, maxReceiveCount = ${hcl(props.maxReceiveCount)} })`,
          ),
          ...encryption,
          ...count,
        }),
    );
  }
}

function encryptedBy(kmsKeyArn: Optional<string>) {
  const key = unwrap(kmsKeyArn);
  if (key === undefined) return { sqsManagedSseEnabled: true };
  const withKey = given(kmsKeyArn);
  if (withKey === true) return { kmsMasterKeyId: key };
  // Both at once are refused, so the unused one is null.
  return { kmsMasterKeyId: key, sqsManagedSseEnabled: flagOf(expression(`${hcl(withKey)} ? null : true`)) };
}
