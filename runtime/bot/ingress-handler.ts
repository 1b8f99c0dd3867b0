import { usernameSource } from '../channels/telegram/username.ts';
import { ENVIRONMENT_ENDPOINT, INGRESS_CLIENT } from '../core/aws-client.ts';
import type { AwsClient } from '../core/aws-errors.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { ConfigError, describeError } from '../core/errors.ts';
import { type HttpAnswer, type HttpRequest, jsonAnswer, readHttpEvent } from '../core/http-event.ts';
import { jsonLog, type Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { traceIdOf, traceparentOf } from '../core/trace-context.ts';
import type { BotConfig } from './config.ts';
import type { DeliveryTable } from './delivery.ts';
import { type FailedEvents, failedEventStore, noFailedEvents } from './failed-events.ts';
import type { HandOff } from './hand-off.ts';
import { answerWebhook, temporarilyUnavailable } from './ingress.ts';
import { configLoader } from './load-config.ts';
import { NoticeBook } from './notice.ts';
import type { BotClients, HandlerOptions, InvocationContext } from './options.ts';
import { RateMemory } from './rate-memory.ts';

/** AWS clients by name: given, or made on first use and kept. Their retries are off: `callAws` retries. */
type Clients = { -readonly [name in keyof BotClients]: BotClients[name] } & { readonly clock: Clock };

/**
 * The front hop's Lambda handler: webhooks of REST API, HTTP API or function URL. A `botType` given here wins
 * over `BOT_TYPE`. Building it contacts no AWS service, and no agent code is loaded.
 */
export function buildIngressHandler(botType?: string, options: HandlerOptions = {}) {
  const environment = options.environment ?? process.env;
  const clients: Clients = { clock: systemClock, ...options.clients };
  const { clock } = clients;
  const write = options.writeLog ?? ((line: string) => process.stdout.write(`${line}\n`));
  const log = jsonLog(write, () => clock.nowMillis());
  const loadConfig = configLoader(botType, environment, { clock, log, openSsm: () => ssmOf(clients) });
  const username = usernameSource({ fetch: clients.fetch ?? fetch, clock });
  const memory = { rate: new RateMemory(), notices: new NoticeBook(clock) };

  const answer = async (request: HttpRequest, traceparent: string, requestLog: Log, ownArn: string) => {
    try {
      const { config } = await loadConfig();
      const openHandOff = () => handOffOf(config, clients, ownArn);
      const failedEvents = failedEventsOf(config, clients);
      return await answerWebhook(request, {
        config,
        openHandOff,
        openDelivery: () => deliveryOf(config, clients),
        failedEvents,
        openObjects: () => objectsOf(config, clients),
        clock,
        log: requestLog,
        traceparent,
        memory,
        botUsername: () => username(config.telegram),
      });
    } catch (error) {
      return answerFault(error, requestLog);
    }
  };

  return async (event: unknown, context: InvocationContext): Promise<HttpAnswer> => {
    const startedMillis = clock.nowMillis();
    const request = readHttpEvent(event);
    if (!request) return jsonAnswer(400, 'Invocation not recognized.');
    const traceparent = traceparentOf(request.headers.traceparent);
    const requestLog = log.with({ trace_id: traceIdOf(traceparent), request_id: context.awsRequestId });
    const result = await answer(request, traceparent, requestLog, context.invokedFunctionArn);
    requestLog.info('webhook_answered', {
      method: request.method,
      status: result.statusCode,
      duration_ms: clock.nowMillis() - startedMillis,
    });
    return result;
  };
}

/**
 * Imports what the first webhook needs. Awaited while the function starts, when Lambda gives it a whole
 * processor; later a small function would wait for its share of one. Contacts nobody.
 */
export const preloadIngress = ({ MAWS_QUEUE_URL, QUEUE_URL }: Environment): Promise<unknown> =>
  Promise.all([
    import('../core/parameters.ts'),
    MAWS_QUEUE_URL || QUEUE_URL ? import('./hand-off-queue.ts') : import('./hand-off-invoke.ts'),
  ]);

/** Anything but a configuration fault may pass by itself: the provider delivers again. */
function answerFault(error: unknown, log: Log): HttpAnswer {
  if (error instanceof ConfigError) {
    log.critical('configuration_faulty', { faults: error.faults });
    return jsonAnswer(500, 'Bot is misconfigured.');
  }
  log.error('webhook_failed', { error: describeError(error) });
  return temporarilyUnavailable;
}

async function ssmOf(clients: Clients): Promise<AwsClient> {
  const { SSMClient } = await import('../core/parameters.ts');
  clients.ssm ??= new SSMClient(INGRESS_CLIENT);
  return clients.ssm;
}

async function handOffOf(config: BotConfig, clients: Clients, ownArn: string): Promise<HandOff> {
  if (config.busyPolicy !== 'drop' && config.queueUrl) {
    const { queueHandOff, SQSClient } = await import('./hand-off-queue.ts');
    // An endpoint that the environment names (a VPC's, an emulator's) wins over the one in the queue's URL.
    clients.sqs ??= new SQSClient({ ...INGRESS_CLIENT, ...ENVIRONMENT_ENDPOINT });
    return queueHandOff(clients.sqs, config.queueUrl, clients.clock);
  }
  const { invokeHandOff, LambdaClient } = await import('./hand-off-invoke.ts');
  clients.lambda ??= new LambdaClient(INGRESS_CLIENT);
  return invokeHandOff(clients.lambda, config.workerFunctionName ?? ownArn, clients.clock);
}

async function deliveryOf(config: BotConfig, clients: Clients): Promise<DeliveryTable | undefined> {
  if (!config.locksTableName) return undefined;
  const [{ DynamoDBClient }, { dynamoDelivery }] = await Promise.all([
    import('../core/dynamodb.ts'),
    import('./delivery.ts'),
  ]);
  clients.dynamodb ??= new DynamoDBClient(INGRESS_CLIENT);
  return dynamoDelivery(clients.dynamodb, config.locksTableName, clients.clock, config.dedupeTtlSeconds);
}

function failedEventsOf(config: BotConfig, clients: Clients): FailedEvents {
  const { bucketName, captureFailedEvents, failedEventsPrefix: prefix } = config;
  if (!captureFailedEvents || !bucketName) return noFailedEvents;
  const openStore = () => objectsIn(bucketName, clients);
  return failedEventStore({ openStore, prefix, clock: clients.clock });
}

const objectsOf = async ({ bucketName }: BotConfig, clients: Clients): Promise<ObjectStore | undefined> =>
  bucketName ? objectsIn(bucketName, clients) : undefined;

async function objectsIn(bucketName: string, clients: Clients): Promise<ObjectStore> {
  const [{ S3Client }, { s3ObjectStore }] = await Promise.all([
    import('../core/s3.ts'),
    import('../core/object-store.ts'),
  ]);
  clients.s3 ??= new S3Client(INGRESS_CLIENT);
  return s3ObjectStore(clients.s3, bucketName, clients.clock);
}
