import type { Environment } from '../../runtime/core/config.ts';
import { importAgent } from '../project/import-agent.ts';
import type { GivenAgent } from './replay-view.ts';

/**
 * The agent of a file on this machine, JavaScript or what this Node reads as such. It gets its keys from this
 * machine's environment, never the bot's secrets. Throws when the file exports none.
 */
export const givenAgent = async (file: string, environment: Environment): Promise<GivenAgent> => ({
  agent: await importAgent(file, file),
  getKey: (name) => environment[name],
});
