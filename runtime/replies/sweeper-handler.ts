import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ENVIRONMENT_ENDPOINT, WORKER_CLIENT } from '../core/aws-client.ts';
import type { Clock } from '../core/clock.ts';
import { loggableError } from '../core/errors.ts';
import { recordAppend } from './append.ts';
import { readSweeperConfig, type SweeperConfig } from './config.ts';
import { dynamoConversations } from './conversations.ts';
import { sqsHumanQueue } from './handoff.ts';
import type { InvocationContext, RepliesClients, RepliesHandlerOptions } from './options.ts';
import { setUp } from './setup.ts';
import { dynamoStage } from './stage-table.ts';
import { reportFailure, type SweepPorts } from './sweep-conversation.ts';
import { sweep } from './sweeper.ts';
import { sqsTriggerQueue } from './trigger.ts';
import { dynamoTriggerLock } from './trigger-lock.ts';

/**
 * The sweeper's Lambda handler; a schedule calls it every minute, and the event does not matter. Building it contacts
 * no AWS service; it throws `ConfigError` when the configuration is faulty.
 */
export function buildSweeperHandler(options: RepliesHandlerOptions = {}) {
  const { config, clock, log, metrics } = setUp(
    readSweeperConfig,
    options.environment ?? process.env,
    options,
  );
  const stores = storesOf(config, clock, options.clients ?? {});

  return async (_event: unknown, context: InvocationContext): Promise<void> => {
    const requestLog = log.with({ request_id: context.awsRequestId });
    try {
      const ports = { ...stores, config, clock, metrics, log: requestLog };
      await sweep(ports, () => context.getRemainingTimeInMillis());
    } catch (error) {
      reportFailure(error, requestLog);
      throw loggableError(error);
    }
  };
}

type Stores = Omit<SweepPorts, 'config' | 'clock' | 'log' | 'metrics'>;

function storesOf(config: SweeperConfig, clock: Clock, given: RepliesClients): Stores {
  const { tables, ttlAttribute, stageTtlSeconds: ttlSeconds, archiveAtBytes } = config;
  const dynamodb = given.dynamodb ?? new DynamoDBClient(WORKER_CLIENT);
  const sqs = given.sqs ?? new SQSClient({ ...WORKER_CLIENT, ...ENVIRONMENT_ENDPOINT });
  const conversations = dynamoConversations(dynamodb, tables.conversations, clock);
  return {
    conversations,
    stage: dynamoStage(dynamodb, tables.stage, clock, { ttlSeconds, ttlAttribute }),
    locks: dynamoTriggerLock(dynamodb, tables.triggerLock, clock, ttlAttribute),
    triggers: sqsTriggerQueue(sqs, config.whatsappQueueUrl, clock),
    humans: sqsHumanQueue(sqs, config.handoffQueueUrl, clock),
    append: recordAppend({ dynamodb, tables, conversations, clock, archiveAtBytes }),
  };
}
