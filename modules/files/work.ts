import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import type { Construct } from 'constructs';
import type { Grant } from '../parts/iam.ts';
import { attribute, numberOf, when } from '../parts/optional.ts';
import { Schedule, unrepeated } from '../parts/schedule.ts';
import type { Surroundings } from './environment.ts';

/** How executions reach the function: its failures go to a queue, as the detector alone runs anything again. */
export function connectProcessor(
  scope: Construct,
  { values, parts: { processor, queues } }: Surroundings,
  grant: Grant,
): void {
  // AWS refuses both while the role lacks its permissions.
  const dependsOn = grant.policy ? [grant.policy] : [];
  unrepeated(scope, 'processor_invokes', processor, {
    maxAgeSeconds: values.maxEventAgeSeconds,
    failureArn: attribute(queues.failures, 'arn'),
    dependsOn,
  });
  when(
    queues.hasDispatch,
    (count) =>
      new LambdaEventSourceMapping(scope, 'dispatch_source', {
        eventSourceArn: attribute(queues.dispatch, 'arn'),
        functionName: attribute(processor.alias, 'arn'),
        batchSize: 1,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency: numberOf(values.dispatchMaxConcurrency) },
        dependsOn,
        ...count,
      }),
  );
}

/** What the detector does, and how often (contract files §8). The name is the task that its handler knows. */
const TASKS = [
  { task: 'detect', expression: 'rate(1 minute)', description: 'Runs failed and silent executions again' },
  {
    task: 'reconcile',
    expression: 'rate(1 hour)',
    description: 'Compares executions with what lies in the bucket',
  },
  { task: 'janitor', expression: 'rate(1 day)', description: 'Removes what dead attempts left behind' },
] as const;

/** The detector's clock. A run that fails is not repeated: the next one does its work. */
export function connectDetector(scope: Construct, { names, parts: { detector } }: Surroundings): void {
  for (const { task, expression, description } of TASKS) {
    new Schedule(scope, task, {
      of: detector,
      name: `${names.detector}-${task}`,
      description,
      expression,
      statementId: task,
      input: JSON.stringify({ task }),
    });
  }
  unrepeated(scope, 'detector_invokes', detector, { maxAgeSeconds: 60 });
}
