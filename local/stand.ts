import path from 'node:path';
import { buildAgentBundle, buildBundles } from '../runtime/build.ts';
import { type Backend, type Emulator, emulatedUrl, listenHost, startEmulator } from './emulator/emulator.ts';
import { type Applied, type Kept, openStandFolder, type StandFolder } from './kept-state.ts';
import { Problem } from './problem.ts';
import { CommandError, isPortFree } from './process.ts';
import { type Say, step } from './progress.ts';
import {
  type BotSecrets,
  deleteEnvironment,
  environmentFile,
  modelSettings,
  newSecrets,
  putEnvironment,
} from './secrets.ts';
import { type Route, startServer } from './server.ts';
import { configurationStamp, functionsAnswer } from './stamp.ts';
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
  /** Makes the next start apply again: what is deployed does not work. */
  distrust(): void;
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
    const { emulator, bots, kept } = await deploy(folder, options, (standInUrl) =>
      environmentFile(secrets, standInUrl(server.port)),
    );
    let trusted = true;
    ends.push(async () => {
      await emulator.stop();
      if (trusted && emulator.isSaved()) await folder.keep(kept);
    });
    // Only now: Terraform reads the parameter, and what it reads is in its state.
    for (const { name } of Object.values(bots)) {
      ends.push(() => deleteEnvironment(emulator.endpoint, parameterOf(name)).catch(() => undefined));
      const environment = environmentFile(secrets, emulator.serverUrl(server.port)) + agentSettings;
      await putEnvironment(emulator.endpoint, parameterOf(name), environment);
    }
    const distrust = () => {
      trusted = false;
    };
    const serverUrl = `http://127.0.0.1:${server.port}`;
    return { emulator, serverUrl, standIns, secrets, bots, distrust, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const nameOf = (provider: Provider) => `hookline-local-${provider}`;

const parameterOf = (name: string) => `/${name}/prod/env`;

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
  /** To be kept when the emulator has ended in order. */
  readonly kept: Kept;
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
      return await attempt(folder, options, environment, kept);
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
  before: Kept | undefined,
): Promise<Deployed> {
  // From here on the states belong together only if all goes well.
  await folder.forget();
  const { say, signal } = options;
  const emulator = await startEmulator(options.backend, {
    folder: folder.emulator,
    persist: true,
    ...(before && { port: before.port }),
    say,
    signal,
  });
  try {
    const known = before?.applied ?? {};
    const deployed = await deployBots(folder, options, emulator, environment(emulator.serverUrl), known);
    const applied = { ...known, ...deployed.applied };
    const port = Number(new URL(emulator.endpoint).port);
    // What is applied is sure only once the emulator has saved it.
    await folder.keep({ port, applied: {} });
    return { emulator, bots: deployed.bots, kept: { port, applied } };
  } catch (error) {
    await emulator.stop();
    await folder.startOver();
    throw error;
  }
}

/** All bots at once, because most of an apply is waiting. The first failure ends the others. */
async function deployBots(
  folder: StandFolder,
  { backend, providers, terraform: command, say, signal }: StandOptions,
  emulator: Emulator,
  environment: string,
  known: Kept['applied'],
): Promise<Pick<Deployed, 'bots'> & Pick<Kept, 'applied'>> {
  const failed = new AbortController();
  const { endpoint } = emulator;
  const optionsOf = (provider: Provider): TerraformOptions => ({
    command,
    folder: folder.terraform(provider),
    endpoint,
    say,
    signal: AbortSignal.any([signal, failed.signal]),
  });
  const applied = new Map<Provider, Applied>();
  for (const provider of providers) {
    const stamp = await configurationStamp(folder.terraform(provider), backend);
    const last = known[provider];
    if (last?.stamp === stamp && (await functionsAnswer(endpoint, functionsOf(provider)))) {
      say(`  ✓ ${provider} is unchanged since the last start`);
      applied.set(provider, last);
    } else {
      await prepareForEmulator(optionsOf(provider));
      applied.set(provider, { stamp, outputs: {} });
    }
  }
  const deploy = async ([provider, { stamp }]: [Provider, Applied]) => {
    await putEnvironment(endpoint, parameterOf(nameOf(provider)), environment);
    applied.set(provider, { stamp, outputs: await applyToEmulator(optionsOf(provider)) });
  };
  const deploying = [...applied].filter(([provider, now]) => now !== known[provider]).map(deploy);
  try {
    await Promise.all(deploying);
  } finally {
    failed.abort();
    await Promise.allSettled(deploying);
  }
  const bots = [...applied].map(([provider, { outputs }]) => [provider, botOf(provider, endpoint, outputs)]);
  return { bots: Object.fromEntries(bots), applied: Object.fromEntries(applied) };
}

const functionsOf = (provider: Provider) => [`${nameOf(provider)}-ingress`, `${nameOf(provider)}-worker`];

const botOf = (provider: Provider, endpoint: string, outputs: StandBot['outputs']): StandBot => ({
  name: nameOf(provider),
  webhookUrl: emulatedUrl(endpoint, String(outputs.webhook_url)),
  outputs,
});
