import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Agent } from '../../runtime/bot/agent.ts';

/** The agent of a module that this Node reads. Throws when it exports none; `shownName` is how the user calls it. */
export async function importAgent(file: string, shownName: string): Promise<Agent> {
  const { href } = pathToFileURL(path.resolve(file));
  const module = (await import(href)) as { readonly agent?: unknown; readonly default?: unknown };
  const agent = module.agent ?? module.default;
  if (typeof agent === 'function') return agent as Agent;
  throw new Error(`${shownName} exports no agent: export a function named "agent", or one by default.`);
}
