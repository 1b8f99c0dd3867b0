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
  named,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';
import type { Place } from './place.ts';

/** The longest that SQS keeps a message. */
export const RETENTION_SECONDS = 14 * 86_400;

export interface QueuesProps {
  readonly name: string;
  /** True: a FIFO queue with its dead-letter queue. False: a standard queue for failed asynchronous invocations. */
  readonly fifo: Condition;
  readonly workerTimeoutSeconds: Settable<number>;
  readonly maxReceiveCount: Settable<number>;
  readonly kmsKeyArn: Optional<string>;
  readonly place: Place;
}

/** The queue of jobs, where there is one, and the queue of what could not be done. */
export class Queues extends Construct {
  readonly jobs: SqsQueue | undefined;
  readonly dead: SqsQueue;

  constructor(scope: Construct, id: string, props: QueuesProps) {
    super(scope, id);
    const encryption = encryptedBy(props.kmsKeyArn);
    const deadName = named(
      this,
      'dead_name',
      choose(props.fifo, `${props.name}-dead.fifo`, `${props.name}-dead`),
    );
    const jobsName = `${props.name}-jobs.fifo`;
    this.dead = new SqsQueue(this, 'dead', {
      name: deadName,
      policy: tlsOnly(deadName, props.place),
      fifoQueue: flagOf(props.fifo),
      messageRetentionSeconds: RETENTION_SECONDS,
      ...encryption,
    });
    this.jobs = when(
      props.fifo,
      (count) =>
        new SqsQueue(this, 'jobs', {
          name: jobsName,
          policy: tlsOnly(jobsName, props.place),
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

/** Inline, so the ARN is written out: a queue cannot refer to itself. */
export function tlsOnly(queue: string, { partition, region, account }: Place): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: `arn:${partition}:sqs:${region}:${account}:${queue}`,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
}

/** With the caller's key, else with one of SQS. */
export function encryptedBy(kmsKeyArn: Optional<string>) {
  const key = unwrap(kmsKeyArn);
  if (key === undefined) return { sqsManagedSseEnabled: true };
  const withKey = given(kmsKeyArn);
  if (withKey === true) return { kmsMasterKeyId: key };
  // Both at once are refused, so the unused one is null.
  return { kmsMasterKeyId: key, sqsManagedSseEnabled: flagOf(expression(`${hcl(withKey)} ? null : true`)) };
}
