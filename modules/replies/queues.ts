import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { Construct } from 'constructs';
import {
  attribute,
  choose,
  expression,
  given,
  hcl,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
} from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import { encryptedBy, RETENTION_SECONDS, tlsOnly } from '../parts/queue.ts';
import type { Names } from './names.ts';

const DAY_SECONDS = 86_400;
const LONG_POLL_SECONDS = 20;
const LEAST_VISIBILITY_SECONDS = 600;
/** How long a person has an item for before the queue shows it to another. */
const HANDOFF_VISIBILITY_SECONDS = 3_600;

export interface RepliesQueuesProps {
  readonly names: Names;
  readonly workerTimeoutSeconds: Settable<number>;
  readonly visibilityTimeoutSeconds: Optional<Settable<number>>;
  readonly maxReceiveCount: Settable<number>;
  readonly kmsKeyArn: Optional<string>;
  readonly place: Place;
}

export interface RepliesQueues {
  readonly channel: SqsQueue;
  readonly dead: SqsQueue;
  readonly handoff: SqsQueue;
}

/** The channel's queue of triggers with its dead-letter queue, and the queue for people (contract replies §5.1). */
export function makeQueues(scope: Construct, props: RepliesQueuesProps): RepliesQueues {
  const { names, place } = props;
  const encryption = encryptedBy(props.kmsKeyArn);
  const make = (id: string, name: string, config: object) =>
    new SqsQueue(scope, id, {
      name,
      policy: tlsOnly(name, place),
      delaySeconds: 0,
      ...encryption,
      ...config,
    });
  const dead = make('whatsapp_dead', names.deadQueue, { messageRetentionSeconds: RETENTION_SECONDS });
  const channel = make('whatsapp', names.channelQueue, {
    visibilityTimeoutSeconds: numberOf(visibilityOf(props)),
    messageRetentionSeconds: 4 * DAY_SECONDS,
    receiveWaitTimeSeconds: LONG_POLL_SECONDS,
    redrivePolicy: expression(
      `jsonencode({ deadLetterTargetArn = ${hcl(attribute(dead, 'arn'))}, maxReceiveCount = ${hcl(props.maxReceiveCount)} })`,
    ),
  });
  const handoff = make('human_handoff', names.handoffQueue, {
    visibilityTimeoutSeconds: HANDOFF_VISIBILITY_SECONDS,
    messageRetentionSeconds: 7 * DAY_SECONDS,
  });
  return { channel, dead, handoff };
}

/** Six times the timeout, as AWS advises: throttled deliveries wait inside it. The worker shortens it for a message. */
function visibilityOf(props: RepliesQueuesProps): Settable<number> {
  const { workerTimeoutSeconds: timeout, visibilityTimeoutSeconds: own } = props;
  const sixfold =
    typeof timeout === 'number'
      ? Math.max(LEAST_VISIBILITY_SECONDS, 6 * timeout)
      : expression(`max(${LEAST_VISIBILITY_SECONDS}, 6 * ${hcl(timeout)})`);
  return choose<Settable<number>>(given(own), unwrap(own) ?? 0, sixfold);
}
