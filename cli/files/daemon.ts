import { type Command, InvalidArgumentError } from 'commander';
import { example } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { type StoreFlags, withStores } from './stores.ts';

/** What a daemon is told. */
export interface DaemonFlags extends StoreFlags {
  readonly slots: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

const SLOTS = 3;
const MAX_SLOTS = 64;

/** `hookline files daemon`: works on executions here, and sends to Lambda what is too much (contract files §3.3). */
export function addDaemon(files: Command, world: World): void {
  withStores(
    files
      .command('daemon')
      .description('work on what waits: here, and on Lambda what is too much for this host; until Ctrl-C'),
  )
    .option('--once', 'make one pass, wait for what it started, and end')
    .option('--slots <n>', 'executions at a time on this host', slots, SLOTS)
    .option('--json', 'print lines of JSON, metrics included')
    .addHelpText('after', example('hookline files daemon --local ./executions'))
    .addHelpText(
      'after',
      `
Ctrl-C or SIGTERM: what runs here is handed back and runs again elsewhere; then the command ends.
Exit codes: 0 ended as it was told, 1 the pass of --once failed or there is no deployment, 2 a wrong option.`,
    )
    .action(async (flags: DaemonFlags) => {
      const { daemon } = await import('./daemon-host.ts');
      if (!(await daemon(flags, world))) throw new Error('The pass failed: the lines above say why.');
    });
}

function slots(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_SLOTS) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_SLOTS}.`);
}
