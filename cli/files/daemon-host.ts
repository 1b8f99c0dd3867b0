import os from 'node:os';
import path from 'node:path';
import { jsonLog } from '../../runtime/core/log.ts';
import { readDetectorConfig } from '../../runtime/files/config.ts';
import { detect } from '../../runtime/files/detect/detector.ts';
import { freeBytesOf } from '../../runtime/files/free-bytes.ts';
import type { LocalSettings } from '../../runtime/files/local-run.ts';
import { runDaemon } from '../../runtime/files/orchestrate/daemon.ts';
import type { Dispatcher } from '../../runtime/files/orchestrate/dispatcher.ts';
import { LocalPool } from '../../runtime/files/orchestrate/local-pool.ts';
import { LambdaOrchestrator } from '../../runtime/files/orchestrate/orchestrator.ts';
import { threadRunner } from '../../runtime/files/orchestrate/thread-runner.ts';
import { storedPublication } from '../../runtime/files/run/publication.ts';
import { filesMetrics } from '../../runtime/files/store/metrics.ts';
import { needing, type World } from '../world.ts';
import type { DaemonFlags } from './daemon.ts';
import { daemonLine } from './daemon-lines.ts';
import { hostLoad } from './host-load.ts';
import { localeOf } from './locale.ts';
import { poolWorker } from './pool-worker.ts';
import { awsOf, deployedConfig, type OpenedStores, type Voice, withOpened } from './stores.ts';

type Write = (line: string) => void;

/** Runs until it is told to stop; false when its last pass failed. */
export async function daemon(flags: DaemonFlags, world: World): Promise<boolean> {
  const { terminal, clock } = world;
  const nowMillis = () => clock.nowMillis();
  const write: Write = (line) => {
    const said = flags.json ? `${line}\n` : daemonLine(line, terminal);
    if (said !== undefined) terminal.out(said);
  };
  const log = jsonLog(write, nowMillis, {}, { nameField: 'event' });
  const voiceOf = (environmentName: string): Voice => ({
    log,
    metrics: filesMetrics(write, nowMillis, environmentName),
  });
  return withOpened(flags, world, (stores) => work(stores, flags, { world, write, voiceOf }), voiceOf);
}

interface Surroundings {
  readonly world: World;
  readonly write: Write;
  readonly voiceOf: (environmentName: string) => Voice;
}

async function work(
  stores: OpenedStores,
  flags: DaemonFlags,
  { world, write, voiceOf }: Surroundings,
): Promise<boolean> {
  const { storage, executions: store, config } = stores;
  const { clock } = world;
  const settings = threadSettings(stores, flags, world);
  const { log, metrics } = voiceOf(settings.environmentName);
  const { file, execArgv } = poolWorker();
  const environment = {
    ...world.environment,
    ...(config?.region !== undefined && { AWS_REGION: config.region }),
  };
  const run = threadRunner(file, settings, { heapMb: settings.memoryMb, write, execArgv, environment });
  const pool = new LocalPool(flags.slots, run, log);
  const ports = { storage, store, clock, log, metrics: metrics.local, random: Math.random };
  const dispatcher = config && (await dispatcherOf(flags, world));
  const orchestrator = new LambdaOrchestrator(
    { maxLocalExecutions: flags.slots },
    { ...ports, pool, dispatcher, freeBytes: () => freeBytesOf(settings.temporaryFolder) },
  );
  const load = hostLoad(HOST, () => clock.nowMillis());
  const stop = world.interruption();
  const daemonPorts = { orchestrator, pool, clock, log, load };
  if (config) return runDaemon(daemonPorts, stop, flags.once);
  const ownDetector = () =>
    detect({
      ...ports,
      dispatcher: undefined,
      publication: storedPublication({ storage, store, clock, log }),
      failures: async () => [],
      redrive: 'on',
      maxEventAgeSeconds: EVENT_AGE_SECONDS,
      lockTtlSeconds: stores.settings.lockTtlSeconds ?? EVENT_AGE_SECONDS,
    });
  return runDaemon({ ...daemonPorts, detect: ownDetector }, stop, flags.once);
}

/** As on Lambda: what was dispatched and has not begun after it and a minute is stale. */
const EVENT_AGE_SECONDS = 300;
const [LEAST_MB, MOST_MB] = [512, 4096];

function threadSettings(
  { config, settings }: OpenedStores,
  flags: DaemonFlags,
  { environment }: World,
): LocalSettings {
  // Half of the host's, shared by the slots: others live there, too.
  const shareMb = Math.floor(os.totalmem() / 2 / flags.slots / 1024 ** 2);
  return {
    stores: settings,
    environmentName: config?.environmentName ?? 'local',
    locale: config?.locale ?? localeOf({}, environment),
    temporaryFolder: path.join(os.tmpdir(), 'hookline-files'),
    memoryMb: Math.min(MOST_MB, Math.max(LEAST_MB, shareMb)),
  };
}

/** As the deployment's detector dispatches: through its queue where it has one, else to the function's alias. */
async function dispatcherOf(flags: DaemonFlags, world: World): Promise<Dispatcher> {
  const aws = awsOf(flags, world);
  const { functionName, dispatchQueueUrl } = await deployedConfig(
    `${flags.name}-detector`,
    aws,
    readDetectorConfig,
  );
  const { lambdaDispatcher, sqsDispatcher } = await needing(
    ['@aws-sdk/client-lambda', '@aws-sdk/client-sqs'],
    () => import('../../runtime/files/orchestrate/dispatcher.ts'),
  );
  const ports = { clock: world.clock, random: Math.random };
  return dispatchQueueUrl === undefined
    ? lambdaDispatcher(await aws.lambda(), functionName, ports)
    : sqsDispatcher(await aws.sqs(), dispatchQueueUrl, ports);
}

const HOST = {
  cpus: () => os.cpus(),
  ownMillis: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  loadAverage: () => os.loadavg()[0] ?? 0,
  memory: () => ({ freeBytes: os.freemem(), totalBytes: os.totalmem() }),
} as const;
