import { attribute } from '../parts/optional.ts';
import { type Outputs, output as outputOf } from '../parts/outputs.ts';
import { idleUsdPerMonth } from './cost.ts';
import type { Files } from './index.ts';

const output = outputOf<Files>;

const ofFunction = (part: 'processor' | 'detector') =>
  ({
    [`${part}_function_name`]: output(`Name of the function of the ${part}.`, (files) =>
      attribute(files[part].function, 'function_name'),
    ),
    [`${part}_function_arn`]: output(`ARN of the function of the ${part}.`, (files) =>
      attribute(files[part].function, 'arn'),
    ),
    [`${part}_log_group_name`]: output(`Log group of the ${part}.`, (files) =>
      attribute(files[part].logGroup, 'name'),
    ),
    [`${part}_role_name`]: output(
      `Name of the role of the ${part}; null with ${part}_role.`,
      (files) => files[part].role.name,
    ),
    [`${part}_role_arn`]: output(`ARN of the role of the ${part}.`, (files) => files[part].role.arn),
    [`${part}_policy_json`]: output(
      `What the role of the ${part} must allow, for ${part}_role.`,
      (files) => files.policies[part],
      (files) => files[part].role.isOwn,
    ),
  }) as const;

/** What a neighbour, and `hookline files`, may need. */
export const FILES_OUTPUTS: Outputs<Files> = {
  bucket_name: output('Name of the bucket of executions.', ({ bucket }) => bucket.bucketName),
  bucket_arn: output('ARN of the bucket of executions.', ({ bucket }) => bucket.bucketArn),
  lock_table_name: output('Name of the table of locks.', ({ tables }) => tables.locks.tableName),
  lock_table_arn: output('ARN of the table of locks.', ({ tables }) => tables.locks.tableArn),
  executions_table_name: output(
    'Name of the table of execution records.',
    ({ tables }) => tables.executions.tableName,
  ),
  executions_table_arn: output(
    'ARN of the table of execution records.',
    ({ tables }) => tables.executions.tableArn,
  ),
  ...ofFunction('processor'),
  ...ofFunction('detector'),
  processor_alias_arn: output('ARN of the alias that the orchestrator invokes.', ({ processor }) =>
    attribute(processor.alias, 'arn'),
  ),
  failures_queue_url: output('URL of the queue of failed invocations.', ({ queues }) =>
    attribute(queues.failures, 'url'),
  ),
  dead_failures_queue_url: output(
    'URL of the queue of failed invocations that could not be read.',
    ({ queues }) => attribute(queues.deadFailures, 'url'),
  ),
  dispatch_queue_url: output('URL of the queue of executions; null unless dispatch is sqs.', ({ queues }) =>
    attribute(queues.dispatch, 'url'),
  ),
  orchestrator_policy_json: output(
    'What the host on which hookline files daemon runs must be allowed.',
    ({ policies }) => policies.orchestrator,
  ),
  reports_reader_policy_json: output(
    'What whoever reads reports may be allowed: all results, and no error.log.',
    ({ policies }) => policies.reader,
  ),
  alarm_topic_arn: output('ARN of the SNS topic that alarms go to.', (files) => files.alarmTopicArn),
  dashboard_name: output('Name of the CloudWatch dashboard.', ({ names }) => names.dashboard),
  provisioned_idle_usd_per_month: output(
    'US dollars that provisioned_concurrency.min costs in 30 days without one execution, at the first-tier price; null without.',
    (files) => idleUsdPerMonth(files.surroundings.values),
  ),
};
