import { attribute } from '../parts/optional.ts';
import { type Outputs, output as outputOf } from '../parts/outputs.ts';
import type { Replies } from './index.ts';

const output = outputOf<Replies>;

type Part = 'webhook' | 'worker' | 'sweeper';

const ofFunction = (part: Part) =>
  ({
    [`${part}_function_name`]: output(`Name of the ${part} function.`, (replies) =>
      attribute(replies[part].function, 'function_name'),
    ),
    [`${part}_function_arn`]: output(`ARN of the ${part} function.`, (replies) =>
      attribute(replies[part].function, 'arn'),
    ),
    [`${part}_log_group_name`]: output(`Log group of the ${part}.`, (replies) =>
      attribute(replies[part].logGroup, 'name'),
    ),
    [`${part}_role_name`]: output(
      `Name of the role of the ${part}; null with ${part}_role.`,
      (replies) => replies[part].role.name,
    ),
    [`${part}_role_arn`]: output(`ARN of the role of the ${part}.`, (replies) => replies[part].role.arn),
    [`${part}_policy_json`]: output(
      `What the role of the ${part} must allow, for ${part}_role.`,
      (replies) => replies[`${part}PolicyJson`],
      (replies) => replies[part].role.isOwn,
    ),
  }) as const;

const ofTable = (id: string, key: keyof Replies['tables'], what: string) => ({
  [`${id}_table_name`]: output(`Name of the table of ${what}.`, ({ tables }) => tables[key].tableName),
  [`${id}_table_arn`]: output(`ARN of the table of ${what}.`, ({ tables }) => tables[key].tableArn),
});

const ofQueue = (id: string, key: keyof Replies['queues'], what: string) => ({
  [`${id}_url`]: output(`URL of the queue of ${what}.`, ({ queues }) => attribute(queues[key], 'url')),
  [`${id}_arn`]: output(`ARN of the queue of ${what}.`, ({ queues }) => attribute(queues[key], 'arn')),
});

/** What a neighbour of the engine may need (contract replies §2). */
export const REPLIES_OUTPUTS: Outputs<Replies> = {
  webhook_url: output('Address to give to Twilio for incoming messages.', (replies) => replies.webhookUrl),
  status_callback_url: output(
    'Address at which Twilio reports what became of a message; the engine gives it along with each.',
    (replies) => replies.statusUrl,
  ),
  rest_api_id: output('Id of the REST API.', ({ api }) => attribute(api.api, 'id')),
  rest_api_stage: output('Stage of the REST API.', ({ api }) => attribute(api.stage, 'stage_name')),
  ...ofFunction('webhook'),
  ...ofFunction('worker'),
  ...ofFunction('sweeper'),
  ...ofTable('conversations', 'conversations', 'conversations'),
  ...ofTable('stage', 'stage', 'staged messages'),
  ...ofTable('trigger_lock', 'triggerLock', 'trigger locks'),
  ...ofTable('archive', 'archive', 'archived messages'),
  ...ofQueue('whatsapp_queue', 'channel', 'triggers'),
  ...ofQueue('whatsapp_dead_letter_queue', 'dead', 'triggers that could not be worked'),
  ...ofQueue('human_handoff_queue', 'handoff', 'messages for a person'),
  alarm_topic_arn: output('ARN of the SNS topic that alarms go to.', (replies) => replies.alarmTopicArn),
  metrics_namespace: output(
    'CloudWatch namespace of what the functions count.',
    ({ names }) => names.metricsNamespace,
  ),
};
