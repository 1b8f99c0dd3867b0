import path from 'node:path';
import { buildBundles } from '../runtime/build.ts';
import type { SystemName } from './arguments.ts';
import {
  botSettings,
  botStack,
  buildAgent,
  type Provider,
  parameterOf,
  type StandBot,
  standBot,
} from './bots.ts';
import { type Deployed, deploy } from './deployment.ts';
import { type Backend, type Emulator, listenHost } from './emulator/emulator.ts';
import { CHECKER_STACK, checkerSettings } from './files/checker.ts';
import { connectFiles, type StandFiles } from './files/stand.ts';
import { openStandFolder, type StandFolder } from './kept-state.ts';
import { isPortFree } from './process.ts';
import { type Say, step } from './progress.ts';
import { buildEngine, ENGINE_STACK, engineSettings } from './replies/engine.ts';
import { newRepliesSecrets } from './replies/secrets.ts';
import { connectReplies, type StandReplies } from './replies/stand.ts';
import { createRepliesStandIns } from './replies/stand-ins.ts';
import {
  type BotSecrets,
  deleteEnvironment,
  environmentFile,
  modelSettings,
  newSecrets,
  putEnvironment,
} from './secrets.ts';
import { type Route, startServer } from './server.ts';
import { createGraphStandIn } from './stand-ins/graph.ts';
import { controlRoute, platformRoute, type StandIns } from './stand-ins/routes.ts';
import { createTelegramStandIn } from './stand-ins/telegram.ts';
import { synthesise } from './synth.ts';

export type { Provider, StandBot } from './bots.ts';

export interface StandOptions {
  readonly backend: Backend;
  /** `terraform` or `tofu`. */
  readonly terraform: string;
  /** The bots to deploy, one for each platform. */
  readonly providers: readonly Provider[];
  /** Whether the reply engine is deployed. */
  readonly hasReplies?: boolean;
  /** Whether the checking of files is deployed. */
  readonly hasFiles?: boolean;
  /** Answers in place of the echo. */
  readonly agentFile?: string | undefined;
  /** Of the server for the stand-ins; 0 = a free one. */
  readonly port: number;
  /** Pages to serve beside the stand-ins. */
  readonly routes?: readonly Route[];
  /** Where it keeps its state. Default `.hookline/stand`. */
  readonly folder?: string;
  readonly say: Say;
  readonly signal: AbortSignal;
}

/** Systems that run on this machine, with the platforms they talk to. */
export interface Stand {
  readonly emulator: Emulator;
  /** Of the stand-ins, as this machine reaches them. */
  readonly serverUrl: string;
  readonly standIns: StandIns;
  readonly secrets: BotSecrets;
  readonly bots: Readonly<Partial<Record<Provider, StandBot>>>;
  /** The reply engine, where it was asked for. */
  readonly replies: StandReplies | undefined;
  /** The checking of files, where it was asked for. */
  readonly files: StandFiles | undefined;
  /** Makes the next start apply again: what is deployed does not work. */
  distrust(): void;
  /** Ends everything. What was deployed is kept for the next start. */
  stop(): Promise<void>;
}

/** Each back end keeps its own state. */
const folderOf = (backend: Backend) => path.resolve('.hookline/stand', backend);

/** Builds, starts the emulator, applies, and connects the stand-ins. What goes wrong leaves nothing running. */
export async function startStand(options: StandOptions): Promise<Stand> {
  const ends: (() => Promise<void>)[] = [];
  // Last started, first ended.
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const folder = await openStandFolder(options.folder ?? folderOf(options.backend));
    ends.push(() => folder.release());
    const secrets = newSecrets();
    const ofReplies = repliesProviders();
    const standIns: StandIns = {
      whatsapp: createGraphStandIn(),
      telegram: createTelegramStandIn(),
      ...(options.hasReplies && { twilio: ofReplies.standIns.twilio, responses: ofReplies.standIns.model }),
    };
    const routes = [platformRoute(standIns), controlRoute(standIns), ...(options.routes ?? [])];
    // Before anything that takes time: a port in use is known at once.
    const port = options.port || (await lastServerPort(folder));
    const server = await startServer(routes, port, listenHost(options.backend));
    ends.push(() => server.close());
    await prepare(folder, server.port, options);
    const stacks = stacksOf(options, secrets, server.port);
    const deployed = await deploy(folder, { ...options, stacks, serverPort: server.port });
    const { emulator, outputs } = deployed;
    const trust = keepAtEnd(folder, deployed, ends);
    const bots = await connectBots(options, deployed, { secrets, port: server.port, ends });
    const engine = outputs[ENGINE_STACK.name];
    const replies = engine && (await connectReplies({ ...ofReplies, emulator, outputs: engine }));
    if (replies) ends.push(() => replies.stop());
    const checker = outputs[CHECKER_STACK.name];
    const files = checker && (await connectFiles(emulator, checker));
    if (files) ends.push(() => files.stop());
    const serverUrl = `http://127.0.0.1:${server.port}`;
    return { emulator, serverUrl, standIns, secrets, bots, replies, files, ...trust, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function repliesProviders() {
  const secrets = newRepliesSecrets();
  return { secrets, standIns: createRepliesStandIns(secrets) };
}

/** The port that the last start took, if it can be had; else 0, any. */
async function lastServerPort(folder: StandFolder): Promise<number> {
  const { serverPort = 0 } = (await folder.kept()) ?? {};
  return serverPort > 0 && (await isPortFree(serverPort)) ? serverPort : 0;
}

/** Zips and configurations, before anything is started: a mistake in an agent or in the settings costs no state. */
async function prepare(folder: StandFolder, standInPort: number, options: StandOptions): Promise<void> {
  const { backend, providers, hasReplies, hasFiles, agentFile, say, signal } = options;
  const zips = await step(say, 'Building the functions', async () => {
    await buildBundles();
    const agent = agentFile === undefined ? undefined : await buildAgent(agentFile);
    return { agent, engine: hasReplies ? await buildEngine() : undefined };
  });
  const settingsFile = process.env.HOOKLINE_CONFIG ?? 'hookline.json';
  await step(say, 'Writing the Terraform configuration', async () => {
    const write = (name: string, system: SystemName, inputs: Readonly<Record<string, unknown>>) =>
      synthesise({ settingsFile, system, inputs, folder: folder.terraform(name), signal });
    const bots = providers.map((provider) => write(provider, 'bot', botSettings(provider, zips.agent)));
    const engine = zips.engine && engineSettings(backend, standInPort, zips.engine);
    const replies = engine ? [write(ENGINE_STACK.name, 'replies', engine)] : [];
    const files = hasFiles ? [write(CHECKER_STACK.name, 'files', checkerSettings())] : [];
    await Promise.all([...bots, ...replies, ...files]);
  });
}

const stacksOf = ({ providers, hasReplies, hasFiles }: StandOptions, secrets: BotSecrets, port: number) => [
  ...providers.map((provider) => botStack(provider, secrets, port)),
  ...(hasReplies ? [ENGINE_STACK] : []),
  ...(hasFiles ? [CHECKER_STACK] : []),
];

/** What was applied is kept when the stand ends, unless somebody has seen that it does not work. */
function keepAtEnd(
  folder: StandFolder,
  { emulator, kept }: Deployed,
  ends: (() => Promise<void>)[],
): Pick<Stand, 'distrust'> {
  let trusted = true;
  ends.push(async () => {
    await emulator.stop();
    if (trusted && emulator.isSaved()) await folder.keep(kept);
  });
  return {
    distrust: () => {
      trusted = false;
    },
  };
}

interface BotConnection {
  readonly secrets: BotSecrets;
  readonly port: number;
  readonly ends: (() => Promise<void>)[];
}

async function connectBots(
  { providers, agentFile }: StandOptions,
  { emulator, outputs }: Deployed,
  { secrets, port, ends }: BotConnection,
): Promise<Stand['bots']> {
  // Without an agent of the user's nothing reads their keys.
  const agentSettings = agentFile === undefined ? '' : modelSettings(process.env);
  const bots = providers.map(
    (provider) => [provider, standBot(provider, emulator, outputs[provider] ?? {})] as const,
  );
  // Only now: Terraform reads the parameter, and what it reads is in its state.
  for (const [, { name }] of bots) {
    ends.push(() => deleteEnvironment(emulator.endpoint, parameterOf(name)).catch(() => undefined));
    const environment = environmentFile(secrets, emulator.serverUrl(port)) + agentSettings;
    await putEnvironment(emulator.endpoint, parameterOf(name), environment);
  }
  return Object.fromEntries(bots);
}
