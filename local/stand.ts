import path from 'node:path';
import { buildAgentBundle, buildBundles } from '../runtime/build.ts';
import { type Backend, type Emulator, emulatedUrl, listenHost, startEmulator } from './emulator/emulator.ts';
import { openStandFolder, type StandFolder } from './kept-state.ts';
import { Problem } from './problem.ts';
import { CommandError, isPortFree } from './process.ts';
import { type Say, step } from './progress.ts';
import { type BotSecrets, environmentFile, modelSettings, newSecrets, putEnvironment } from './secrets.ts';
import { type Route, startServer } from './server.ts';
import { createGraphStandIn } from './stand-ins/graph.ts';
import { controlRoute, platformRoute, type StandIns } from './stand-ins/routes.ts';
import { createTelegramStandIn } from './stand-ins/telegram.ts';
import { synthesise } from './synth.ts';
import { applyToEmulator, prepareForEmulator, type TerraformOptions } from './terraform.ts';

export type Provider = 'whatsapp' | 'telegram';

export interface StandOptions {
  readonly backend: Backend;
  /** `terraform` or `tofu`. */
  readonly terraform: string;
  /** The bots to deploy, one for each platform. */
  readonly providers: readonly Provider[];
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

/** Bots that run on this machine, with the platforms they talk to. */
export interface Stand {
  readonly emulator: Emulator;
  /** Of the stand-ins, as this machine reaches them. */
  readonly serverUrl: string;
  readonly standIns: StandIns;
  readonly secrets: BotSecrets;
  readonly bots: Readonly<Partial<Record<Provider, StandBot>>>;
  /** Ends everything. What was deployed is kept for the next start. */
  stop(): Promise<void>;
}

export interface StandBot {
  /** Its resources' prefix. */
  readonly name: string;
  /** Where a platform would post to. */
  readonly webhookUrl: string;
  readonly outputs: Readonly<Record<string, unknown>>;
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
    const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
    const routes = [platformRoute(standIns), controlRoute(standIns), ...(options.routes ?? [])];
    // Before anything that takes time: a port in use is known at once.
    const server = await startServer(routes, options.port, listenHost(options.backend));
    ends.push(() => server.close());
    await prepare(folder, options);
    const secrets = newSecrets();
    // Without an agent of the user's nothing reads their keys.
    const agentSettings = options.agentFile === undefined ? '' : modelSettings(process.env);
    const { emulator, bots } = await deploy(
      folder,
      options,
      (standInUrl) => environmentFile(secrets, standInUrl(server.port)) + agentSettings,
    );
    ends.push(() => emulator.stop());
    return { emulator, serverUrl: `http://127.0.0.1:${server.port}`, standIns, secrets, bots, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const nameOf = (provider: Provider) => `hookline-local-${provider}`;

/** Zips and configuration, before anything is started: a mistake in an agent or in the settings costs no state. */
async function prepare(
  folder: StandFolder,
  { providers, agentFile, say, signal }: StandOptions,
): Promise<void> {
  const agentZip = await step(say, 'Building the functions', async () => {
    await buildBundles();
    return agentFile === undefined ? undefined : buildAgent(agentFile);
  });
  const settingsFile = process.env.HOOKLINE_CONFIG ?? 'hookline.json';
  await step(say, 'Writing the Terraform configuration', async () => {
    const write = (provider: Provider) => {
      const bot = {
        name: nameOf(provider),
        bot_type: provider,
        architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
        ...(agentZip && { package: { path: path.resolve(agentZip) } }),
      };
      return synthesise({ settingsFile, bot, folder: folder.terraform(provider), signal });
    };
    await Promise.all(providers.map(write));
  });
}

async function buildAgent(file: string): Promise<string> {
  try {
    return (await buildAgentBundle(file)).zipPath;
  } catch (error) {
    throw new Problem(`The agent cannot be built. ${(error as Error).message}`);
  }
}

/** What one attempt brings up. */
interface Deployed {
  readonly emulator: Emulator;
  readonly bots: Stand['bots'];
}

type EnvironmentFor = (standInUrl: (port: number) => string) => string;

/** Deploys onto the kept state if there is one that can be used, else, or if that fails, onto a new one. */
async function deploy(
  folder: StandFolder,
  options: StandOptions,
  environment: EnvironmentFor,
): Promise<Deployed> {
  const kept = await folder.kept();
  const usable = options.backend === 'ministack' && kept !== undefined && (await isPortFree(kept.port));
  if (usable) {
    try {
      return await attempt(folder, options, environment, kept.port);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      options.say('What the last start left does not fit any more. Starting over.');
    }
  }
  await folder.startOver();
  return attempt(folder, options, environment, undefined);
}

async function attempt(
  folder: StandFolder,
  options: StandOptions,
  environment: EnvironmentFor,
  port: number | undefined,
): Promise<Deployed> {
  // From here on the states belong together only if all goes well.
  await folder.forget();
  const { say, signal } = options;
  const emulator = await startEmulator(options.backend, {
    folder: folder.emulator,
    persist: true,
    ...(port !== undefined && { port }),
    say,
    signal,
  });
  try {
    const bots = await deployBots(folder, options, emulator, environment(emulator.serverUrl));
    await folder.keep({ port: Number(new URL(emulator.endpoint).port) });
    return { emulator, bots };
  } catch (error) {
    await emulator.stop();
    await folder.startOver();
    throw error;
  }
}

/** All bots at once, because most of an apply is waiting. The first failure ends the others. */
async function deployBots(
  folder: StandFolder,
  { providers, terraform: command, say, signal }: StandOptions,
  emulator: Emulator,
  environment: string,
): Promise<Stand['bots']> {
  const failed = new AbortController();
  const { endpoint } = emulator;
  const optionsOf = (provider: Provider): TerraformOptions => ({
    command,
    folder: folder.terraform(provider),
    endpoint,
    say,
    signal: AbortSignal.any([signal, failed.signal]),
  });
  for (const provider of providers) await prepareForEmulator(optionsOf(provider));
  const deploy = async (provider: Provider) => {
    const name = nameOf(provider);
    await putEnvironment(endpoint, `/${name}/prod/env`, environment);
    const outputs = await applyToEmulator(optionsOf(provider));
    return [provider, { name, webhookUrl: emulatedUrl(endpoint, String(outputs.webhook_url)), outputs }];
  };
  const deploying = providers.map(deploy);
  try {
    return Object.fromEntries(await Promise.all(deploying));
  } finally {
    failed.abort();
    await Promise.allSettled(deploying);
  }
}
