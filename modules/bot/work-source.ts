import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../parts/function.ts';
import type { Grant } from '../parts/iam.ts';
import {
  attribute,
  type Condition,
  choose,
  expression,
  hcl,
  not,
  numberOf,
  type Settable,
  when,
} from '../parts/optional.ts';
import type { Queues } from '../parts/queue.ts';

/** Messages that one turn may merge. */
const MERGE_BATCH_SIZE = 10;
const MAX_EVENT_AGE_SECONDS = 3_600;

export interface WorkSourceProps {
  readonly worker: LambdaFunction;
  readonly grant: Grant;
  readonly queues: Queues;
  readonly isQueued: Condition;
  readonly isMerged: Condition;
  readonly asyncRetryAttempts: Settable<number>;
}

/** How the worker gets its jobs: from the queue, or by asynchronous invocation with a place for failures. */
export class WorkSource extends Construct {
  readonly mapping: LambdaEventSourceMapping | undefined;

  constructor(scope: Construct, id: string, props: WorkSourceProps) {
    super(scope, id);
    const { worker, queues, isQueued } = props;
    // AWS refuses both while the role lacks its permissions.
    const dependsOn = props.grant.policy ? [props.grant.policy] : [];
    this.mapping = when(
      isQueued,
      (count) =>
        new LambdaEventSourceMapping(this, 'event_source_mapping', {
          eventSourceArn: attribute(queues.jobs, 'arn'),
          functionName: attribute(worker.alias, 'arn'),
          batchSize: numberOf(expression(hcl(choose(props.isMerged, MERGE_BATCH_SIZE, 1)))),
          functionResponseTypes: ['ReportBatchItemFailures'],
          dependsOn,
          ...count,
        }),
    );
    when(
      not(isQueued),
      (count) =>
        new LambdaFunctionEventInvokeConfig(this, 'event_invoke_config', {
          functionName: attribute(worker.function, 'function_name'),
          qualifier: attribute(worker.alias, 'name'),
          maximumRetryAttempts: numberOf(props.asyncRetryAttempts),
          maximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS,
          destinationConfig: { onFailure: { destination: attribute(queues.dead, 'arn') } },
          dependsOn,
          ...count,
        }),
    );
  }
}
