import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { LambdaFunctionRecursionConfig } from '@cdktf/provider-aws/lib/lambda-function-recursion-config';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../parts/function.ts';
import type { Grant } from '../parts/iam.ts';
import { attribute, numberOf, type Settable } from '../parts/optional.ts';

export interface TriggerSourceProps {
  readonly worker: LambdaFunction;
  readonly grant: Grant;
  readonly queue: SqsQueue;
  readonly maxConcurrency: Settable<number>;
}

/** The worker takes triggers from the channel queue, one at a time (contract replies §5.2). */
export class TriggerSource extends Construct {
  constructor(scope: Construct, id: string, { worker, grant, queue, maxConcurrency }: TriggerSourceProps) {
    super(scope, id);
    new LambdaEventSourceMapping(this, 'event_source_mapping', {
      eventSourceArn: attribute(queue, 'arn'),
      functionName: attribute(worker.alias, 'arn'),
      batchSize: 1,
      enabled: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: numberOf(maxConcurrency) },
      // AWS refuses it while the role lacks its permissions.
      dependsOn: grant.policy ? [grant.policy] : [],
    });
    // Defers and follow-up triggers are chains through the queue, which Lambda cuts after 16 rounds by default.
    new LambdaFunctionRecursionConfig(this, 'function_recursion_config', {
      functionName: attribute(worker.function, 'function_name'),
      recursiveLoop: 'Allow',
    });
  }
}
