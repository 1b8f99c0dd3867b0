import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { telegramChannel } from '../channels/telegram/channel.ts';
import { usernameSource } from '../channels/telegram/username.ts';
import { whatsappChannel } from '../channels/whatsapp/channel.ts';
import { ENVIRONMENT_ENDPOINT, WORKER_CLIENT } from '../core/aws-client.ts';
import type { AwsClient } from '../core/aws-errors.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Environment } from '../core/config.ts';
import { ConfigError, loggableError } from '../core/errors.ts';
import { dynamoLock } from '../core/lock.ts';
import { jsonLog, type Log } from '../core/log.ts';
import { s3ObjectStore } from '../core/object-store.ts';
import { adminActionsOf } from './admin-actions.ts';
import { agentChooser, type ChosenAgent, ECHO } from './agents/choose.ts';
import { chatFiles } from './chat-files.ts';
import { credential } from './config-platforms.ts';
import { dynamoDelivery } from './delivery.ts';
import { failedEventStore, noFailedEvents } from './failed-events.ts';
import { historyStore } from './history-store.ts';
import { readJobMessage } from './incoming.ts';
import { configLoader, type LoadedConfig } from './load-config.ts';
import { noticeMarks } from './notice-marks.ts';
import type { BotClients, HandlerOptions, InvocationContext } from './options.ts';
import { giveBack, type QueuePorts, queueRecords } from './queue-record.ts';
import { transcriber } from './transcribe.ts';
import type { WorkerPorts } from './worker.ts';
import { workEvent } from './worker-events.ts';
import { type WorkerTokens, workerTokens } from './worker-tokens.ts';

/** Makes what is absent on first use and keeps it: one client a service and container. */
const lazy = <T>(make: () => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/**
 * The worker's Lambda handler: jobs from the self-invoke hop, from the queue, or in the original's direct
 * shapes. A `botType` given here wins over `BOT_TYPE`. Building it contacts no AWS service.
 */
export function buildWorkerHandler(botType?: string, options: HandlerOptions = {}) {
  const environment = options.environment ?? process.env;
  const given = options.clients ?? {};
  const clock = given.clock ?? systemClock;
  const log = jsonLog(options.writeLog ?? ((line) => process.stdout.write(`${line}\n`)), () =>
    clock.nowMillis(),
  );
  const clients = makeClients({ ...given, clock });
  const tokens = workerTokens({
    real: environment,
    openStore: (bucket) => s3ObjectStore(clients.s3(), bucket, clock),
    setVariable: (name, value) => {
      if (environment === process.env) process.env[name] = value;
    },
    clock,
    log,
  });
  const load = workerLoader(botType, environment, { ...given, clock }, clients, options, log, tokens);
  const queue: QueuePorts = {
    queueUrl: environment.MAWS_QUEUE_URL || environment.QUEUE_URL,
    clock,
    log,
    sqs: async () => {
      if (given.sqs) return given.sqs;
      const { SQSClient } = await import('../core/sqs.ts');
      return new SQSClient({ ...WORKER_CLIENT, ...ENVIRONMENT_ENDPOINT });
    },
  };

  return async (event: unknown, context: InvocationContext): Promise<unknown> => {
    const invocation = {
      owner: `${context.awsRequestId}:${randomUUID()}`,
      deadlineMillis: clock.nowMillis() + context.getRemainingTimeInMillis(),
      queue,
    };
    try {
      const ports = await load();
      // An agent may have renewed a token in a turn that failed, too.
      return await workEvent(event, ports, invocation).finally(tokens.writeBack);
    } catch (error) {
      if (error instanceof ConfigError) log.critical('configuration_faulty', { faults: error.faults });
      const records = queueRecords(event);
      if (records) return giveBack(records, error, queue);
      throw loggableError(error);
    }
  };
}

/** AWS clients that are given, or made on first use and kept. Retries are ours: they know what is safe to repeat. */
export function makeClients(given: BotClients & { readonly clock: Clock }) {
  return {
    s3: lazy(() => given.s3 ?? new S3Client(WORKER_CLIENT)),
    dynamodb: lazy(() => given.dynamodb ?? new DynamoDBClient(WORKER_CLIENT)),
    ssm: async (): Promise<AwsClient> =>
      given.ssm ?? new (await import('../core/parameters.ts')).SSMClient(WORKER_CLIENT),
    username: usernameSource({ fetch: given.fetch ?? fetch, clock: given.clock }),
  };
}

type MadeClients = ReturnType<typeof makeClients>;

/** Loads what a turn works with, again whenever the environment behind it changed. */
function workerLoader(
  botType: string | undefined,
  environment: Environment,
  given: BotClients & { readonly clock: Clock },
  clients: MadeClients,
  options: HandlerOptions,
  log: Log,
  tokens: WorkerTokens,
): () => Promise<WorkerPorts> {
  const { clock } = given;
  const loadConfig = configLoader(botType, environment, { clock, log, openSsm: clients.ssm });
  const chooseAgent = agentChooser(options, environment.LAMBDA_TASK_ROOT ?? process.cwd());
  let current: { readonly loaded: LoadedConfig; readonly ports: WorkerPorts } | undefined;
  return async () => {
    // What the real environment names can be fetched beside the parameter (contract bot §4.1).
    const [loaded] = await Promise.all([loadConfig(), tokens.prepare()]);
    const named = await tokens.bring(loaded.environment);
    if (current?.loaded === loaded) return current.ports;
    // Without a bucket nothing is worked, and the event is told so before an agent is built (contract bot §3).
    const chosen = loaded.config.bucketName ? await chooseAgent(loaded) : ECHO;
    const ports = workerPorts({ ...loaded, environment: named }, given, clients, options, log, chosen);
    current = { loaded, ports };
    return ports;
  };
}

/** What turns work with, for one state of the environment. */
export function workerPorts(
  { config, environment }: LoadedConfig,
  given: BotClients & { readonly clock: Clock },
  clients: MadeClients,
  options: HandlerOptions,
  log: Log,
  { agent, timezone, adminUserId }: ChosenAgent = ECHO,
): WorkerPorts {
  const { clock } = given;
  const { locksTableName: table, historyPrefix: prefix, tmpDir, historyMaxMessages: maxMessages } = config;
  const objects = s3ObjectStore(clients.s3(), config.bucketName ?? '', clock);
  const histories = historyStore(objects, clock, { prefix, tmpDir, maxMessages });
  const files = {
    objects: config.persistFiles ? objects : undefined,
    prefix: config.filesPrefix,
    tmpDir,
    packageRoot: environment.LAMBDA_TASK_ROOT ?? process.cwd(),
  };
  const delivery = table
    ? dynamoDelivery(clients.dynamodb(), table, clock, config.dedupeTtlSeconds)
    : undefined;
  const net = { fetch: given.fetch ?? fetch, clock, timeoutSeconds: config.deliveryTimeoutSeconds };
  return {
    config,
    clock,
    log,
    objects,
    agent,
    commands: { ...(adminUserId !== undefined && { adminUserId }), ...options.commands },
    botUsername: () => clients.username(config.telegram),
    timezone,
    notices: noticeMarks(table ? { dynamodb: clients.dynamodb, name: table } : undefined, clock),
    openFiles: (chatId) => chatFiles(chatId, files),
    transcribe: options.transcribe ?? (config.transcription && transcriber(config.transcription, net.fetch)),
    waitingFiles: new Map(),
    finished: new Set(),
    histories,
    delivery,
    adminActions: adminActionsOf({ config, clock, s3: clients.s3, objects, histories, delivery }),
    lock: table && config.busyPolicy === 'drop' ? dynamoLock(clients.dynamodb(), table, clock) : undefined,
    failedEvents: config.captureFailedEvents
      ? failedEventStore({ openStore: async () => objects, prefix: config.failedEventsPrefix, clock })
      : noFailedEvents,
    sender:
      config.botType === 'whatsapp'
        ? whatsappChannel(net, config.whatsapp)
        : telegramChannel(net, config.telegram),
    parse: ({ payload }) => readJobMessage(config, payload),
    getKey: (name) => credential(environment, name),
  };
}
