import { REGION, TEST_KEYS } from '../../../local/terraform.ts';
import { type Captured, hookline } from '../../cli/capture.ts';
import { type BotName, resourceName } from './bots.ts';
import { world } from './harness.ts';

/**
 * Runs `hookline <args>` in this process against the emulator, which it finds as a user's shell would tell it:
 * by the environment.
 */
export function commandOf(...args: readonly string[]): Promise<Captured> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: world().endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
  });
  return hookline(args);
}

/** `hookline bot <args>`. */
export const commandWithoutName = (...args: readonly string[]): Promise<Captured> =>
  commandOf('bot', ...args);

/** The same of one bot. */
export const command = (bot: BotName, ...args: readonly string[]): Promise<Captured> =>
  commandWithoutName(...args, '--project', resourceName(bot));

/** The same for a command that must succeed; resolves to what it printed. */
export async function succeeds(bot: BotName, ...args: readonly string[]): Promise<string> {
  const { exitCode, out, error } = await command(bot, ...args);
  if (exitCode !== 0)
    throw new Error(`hookline bot ${args.join(' ')} ended with ${exitCode}: ${error}${out}`);
  return out;
}
