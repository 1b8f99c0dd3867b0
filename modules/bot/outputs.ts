import { attribute } from '../parts/optional.ts';
import { type Outputs, output as outputOf } from '../parts/outputs.ts';
import type { Bot } from './index.ts';

const output = outputOf<Bot>;

/** What a neighbour of the bot may need. Null where the inputs make no such thing. */
export const BOT_OUTPUTS = {
  api_url: output('Base URL of the API, without the path.', (bot) => bot.api.url),
  webhook_url: output('Address to give to WhatsApp or Telegram.', (bot) => bot.webhookUrl),
  rest_api_id: output('Id of the REST API; null unless api = "rest".', ({ api }) =>
    attribute(api.rest.api, 'id'),
  ),
  rest_api_stage: output('Stage of the REST API; null unless api = "rest".', ({ api }) =>
    attribute(api.rest.stage, 'stage_name'),
  ),
  http_api_id: output('Id of the HTTP API; null unless api = "http".', ({ api }) =>
    attribute(api.http.api, 'id'),
  ),
  env_parameter_name: output(
    'SSM parameter that the secrets belong in.',
    ({ parameter }) => parameter.parameterName,
  ),
  ingress_function_name: output('Name of the ingress function; null with single_function.', ({ ingress }) =>
    attribute(ingress.function, 'function_name'),
  ),
  ingress_function_arn: output('ARN of the ingress function; null with single_function.', ({ ingress }) =>
    attribute(ingress.function, 'arn'),
  ),
  ingress_log_group_name: output('Log group of the ingress; null with single_function.', ({ ingress }) =>
    attribute(ingress.logGroup, 'name'),
  ),
  ingress_role_arn: output(
    "ARN of the ingress's role; null with single_function.",
    ({ ingress }) => ingress.role.arn,
  ),
  ingress_policy_json: output(
    'What the role of the ingress must allow, for ingress_role.',
    (bot) => bot.ingressPolicyJson,
    ({ ingress }) => ingress.role.isOwn,
  ),
  worker_function_name: output('Name of the worker function.', ({ worker }) =>
    attribute(worker.function, 'function_name'),
  ),
  worker_function_arn: output('ARN of the worker function.', ({ worker }) =>
    attribute(worker.function, 'arn'),
  ),
  worker_alias_arn: output('ARN of the alias that jobs go to.', ({ worker }) =>
    attribute(worker.alias, 'arn'),
  ),
  worker_log_group_name: output('Log group of the worker.', ({ worker }) =>
    attribute(worker.logGroup, 'name'),
  ),
  worker_role_arn: output("ARN of the worker's role.", ({ worker }) => worker.role.arn),
  worker_policy_json: output(
    'What the role of the worker must allow, for worker_role.',
    (bot) => bot.workerPolicyJson,
    ({ worker }) => worker.role.isOwn,
  ),
  bucket_name: output('Bucket of the histories.', ({ bucket }) => bucket.bucketName),
  bucket_arn: output('ARN of the bucket.', ({ bucket }) => bucket.bucketArn),
  lock_table_name: output('Table of locks and delivery items.', ({ lockTable }) => lockTable.tableName),
  lock_table_arn: output('ARN of the table.', ({ lockTable }) => lockTable.tableArn),
  queue_url: output('URL of the queue of jobs; null with busy_policy = "drop".', ({ queues }) =>
    attribute(queues.jobs, 'url'),
  ),
  queue_arn: output('ARN of the queue of jobs; null with busy_policy = "drop".', ({ queues }) =>
    attribute(queues.jobs, 'arn'),
  ),
  dead_letter_queue_url: output(
    'URL of the queue of what could not be done; hookline bot redrive empties it.',
    ({ queues }) => attribute(queues.dead, 'url'),
  ),
  dead_letter_queue_arn: output('ARN of the queue of what could not be done.', ({ queues }) =>
    attribute(queues.dead, 'arn'),
  ),
} as const satisfies Outputs<Bot>;
