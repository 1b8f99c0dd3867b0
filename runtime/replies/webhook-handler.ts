import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ENVIRONMENT_ENDPOINT, INGRESS_CLIENT } from '../core/aws-client.ts';
import type { Clock } from '../core/clock.ts';
import { type HttpAnswer, readHttpEvent } from '../core/http-event.ts';
import { traceIdOf, traceparentOf } from '../core/trace-context.ts';
import { recordAppend } from './append.ts';
import { gatewayMillis } from './arrival.ts';
import { readWebhookConfig, type WebhookConfig } from './config.ts';
import { dynamoConversations } from './conversations.ts';
import { dynamoDeliveries } from './deliveries.ts';
import { sqsHumanQueue } from './handoff.ts';
import type { InvocationContext, RepliesClients, RepliesHandlerOptions } from './options.ts';
import { secretsManager } from './secrets.ts';
import { setUp } from './setup.ts';
import { dynamoStage } from './stage-table.ts';
import { sqsTriggerQueue } from './trigger.ts';
import { dynamoTriggerLock } from './trigger-lock.ts';
import { twilioNotices } from './twilio-notices.ts';
import { answerNoRequest, answerWebhook } from './webhook.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/**
 * The webhook's Lambda handler: messages and status callbacks of Twilio, through a REST API, an HTTP API or a
 * function URL. Building it contacts no AWS service; it throws `ConfigError` when the configuration is faulty.
 */
export function buildWebhookHandler(options: RepliesHandlerOptions = {}) {
  const { config, clock, log, metrics } = setUp(
    readWebhookConfig,
    options.environment ?? process.env,
    options,
  );
  const stores = storesOf(config, clock, options.clients ?? {});

  return async (event: unknown, context: InvocationContext): Promise<HttpAnswer> => {
    const startedMillis = clock.nowMillis();
    const request = readHttpEvent(event);
    const traceparent = traceparentOf(request?.headers.traceparent);
    const requestLog = log.with({ trace_id: traceIdOf(traceparent), request_id: context.awsRequestId });
    const receivedMillis = gatewayMillis(event) ?? startedMillis;
    const ports = { ...stores, config, clock, metrics, log: requestLog };
    const answer = request
      ? await answerWebhook({ event, request, receivedMillis, traceparent }, ports)
      : await answerNoRequest(ports);
    requestLog.info('webhook_answered', {
      status: answer.statusCode,
      duration_ms: clock.nowMillis() - startedMillis,
    });
    return answer;
  };
}

type Stores = Omit<WebhookPorts, 'config' | 'clock' | 'log' | 'metrics'>;

/** Made once a container: clients keep their connections, the reads what they remember. */
function storesOf(config: WebhookConfig, clock: Clock, given: RepliesClients): Stores {
  const { tables, ttlAttribute, stageTtlSeconds: ttlSeconds, archiveAtBytes } = config;
  const dynamodb = given.dynamodb ?? new DynamoDBClient(INGRESS_CLIENT);
  const sqs = given.sqs ?? new SQSClient({ ...INGRESS_CLIENT, ...ENVIRONMENT_ENDPOINT });
  const secretsClient =
    given.secretsManager ?? new SecretsManagerClient({ ...INGRESS_CLIENT, region: config.secretsRegion });
  const conversations = dynamoConversations(dynamodb, tables.conversations, clock);
  return {
    conversations,
    secrets: secretsManager(secretsClient, clock),
    stage: dynamoStage(dynamodb, tables.stage, clock, { ttlSeconds, ttlAttribute }),
    locks: dynamoTriggerLock(dynamodb, tables.triggerLock, clock, ttlAttribute),
    triggers: sqsTriggerQueue(sqs, config.whatsappQueueUrl, clock),
    humans: sqsHumanQueue(sqs, config.handoffQueueUrl, clock),
    append: recordAppend({ dynamodb, tables, conversations, clock, archiveAtBytes }),
    deliveries: dynamoDeliveries(dynamodb, tables.conversations, clock),
    notices: twilioNotices({ fetch: given.fetch ?? fetch, clock, baseUrl: config.twilioBaseUrl }),
  };
}
