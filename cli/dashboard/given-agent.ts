import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Agent } from '../../runtime/bot/agent.ts';
import type { Environment } from '../../runtime/core/config.ts';
import type { GivenAgent } from './replay-view.ts';

/**
 * The agent of a file on this machine, JavaScript or what this Node reads as such. It gets its keys from this
 * machine's environment, never the bot's secrets. Throws when the file exports none.
 */
export async function givenAgent(file: string, environment: Environment): Promise<GivenAgent> {
  const url = pathToFileURL(path.resolve(file)).href;
  const module = (await import(url)) as { readonly agent?: unknown; readonly default?: unknown };
  const agent = module.agent ?? module.default;
  if (typeof agent !== 'function')
    throw new Error(`${file} exports no agent: export a function named "agent", or one by default.`);
  return { agent: agent as Agent, getKey: (name) => environment[name] };
}
