import path from 'node:path';
import { buildAgentBundle } from '../runtime/build.ts';
import type { StandStack } from './deployment.ts';
import { type Emulator, emulatedUrl } from './emulator/emulator.ts';
import { Problem } from './problem.ts';
import { type BotSecrets, environmentFile, putEnvironment } from './secrets.ts';

export type Provider = 'whatsapp' | 'telegram';

export interface StandBot {
  /** Its resources' prefix. */
  readonly name: string;
  /** Where a platform would post to. */
  readonly webhookUrl: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const nameOf = (provider: Provider) => `hookline-local-${provider}`;

export const parameterOf = (name: string) => `/${name}/prod/env`;

/** A bot's inputs, in the settings file's words. */
export const botSettings = (provider: Provider, agentZip: string | undefined) => ({
  name: nameOf(provider),
  bot_type: provider,
  architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
  ...(agentZip && { package: { path: path.resolve(agentZip) } }),
});

/** The zip of a user's agent. What is wrong with it is a `Problem`. */
export async function buildAgent(file: string): Promise<string> {
  try {
    return (await buildAgentBundle(file)).zipPath;
  } catch (error) {
    throw new Problem(`The agent cannot be built. ${(error as Error).message}`);
  }
}

/** A bot's stack, whose parameter Terraform looks for; `port` is the stand-ins'. */
export const botStack = (provider: Provider, secrets: BotSecrets, port: number): StandStack => ({
  name: provider,
  functions: [`${nameOf(provider)}-ingress`, `${nameOf(provider)}-worker`],
  beforeApply: ({ endpoint, serverUrl }) =>
    putEnvironment(endpoint, parameterOf(nameOf(provider)), environmentFile(secrets, serverUrl(port))),
});

/** A bot that was applied. */
export const standBot = (
  provider: Provider,
  { endpoint }: Emulator,
  outputs: StandBot['outputs'],
): StandBot => ({
  name: nameOf(provider),
  webhookUrl: emulatedUrl(endpoint, String(outputs.webhook_url)),
  outputs,
});
