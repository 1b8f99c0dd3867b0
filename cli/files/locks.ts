import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Stores } from '../../runtime/files/store/create-stores.ts';
import type { LockHolder } from '../../runtime/files/store/execution-lock.ts';
import { confirmed } from '../ask.ts';
import { example, shown } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { type StoreFlags, withOpened, withStores } from './stores.ts';

interface LocksFlags extends StoreFlags {
  readonly release?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

interface Held extends LockHolder {
  readonly executionId: string;
}

/** `hookline files locks`: who works on what; and, for an operator, the end of a lock. */
export function addLocks(files: Command, world: World): void {
  withStores(
    files
      .command('locks')
      .description('show which executions are locked, by whom and for how long; or end a lock')
      .argument('[execution...]', 'ids of executions (default: those that run)'),
  )
    .option('--release <execution>', 'end the lock of this execution, whoever holds it')
    .option('--reason <text>', 'why it is ended; stands in the log')
    .option('--yes', 'end it without a question')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline files locks --release 7b0c1f0e --reason "host switched off"'))
    .action((ids: readonly string[], flags: LocksFlags) =>
      withOpened(flags, world, (stores) =>
        flags.release === undefined
          ? list(ids, flags, stores, world)
          : release(flags.release, flags, stores, world),
      ),
    );
}

async function list(
  ids: readonly string[],
  { json }: LocksFlags,
  stores: Stores,
  { terminal }: World,
): Promise<void> {
  const held: Held[] = [];
  for await (const executionId of ids.length > 0 ? ids : running(stores)) {
    const holder = await stores.lock.inspect(executionId);
    if (holder) held.push({ executionId, ...holder });
  }
  terminal.out(shown(json, held, () => table(held)));
}

async function* running({ executions }: Stores): AsyncIterable<string> {
  for await (const { executionId } of executions.byState('RUNNING')) yield executionId;
}

function table(held: readonly Held[]): string {
  if (held.length === 0) return 'Nothing is locked.\n';
  return held
    .map(({ executionId, ownerId, secondsLeft, ageSeconds }) => {
      const left = secondsLeft >= 0 ? `${whole(secondsLeft)} left` : `over for ${whole(-secondsLeft)}`;
      const age = ageSeconds === undefined ? '' : `, held for ${whole(ageSeconds)}`;
      return `${executionId}  ${ownerId}  ${left}${age}\n`;
    })
    .join('');
}

const whole = (seconds: number): string => `${Math.round(seconds)} s`;

async function release(
  executionId: string,
  { reason, ...flags }: LocksFlags,
  { lock }: Stores,
  { terminal, ...world }: World,
): Promise<void> {
  if (!reason) throw new Error('Say why with --reason: it stands in the log beside your name.');
  const holder = await lock.inspect(executionId);
  if (!holder) throw new Error(`Nobody holds the lock of ${executionId}.`);
  if (holder.secondsLeft > 0)
    await confirmed(
      `${holder.ownerId} may still work on it, and will lose what it has done. End its lock?`,
      flags,
      world,
    );
  await lock.forceRelease(executionId, { by: `${userInfo().username}@${hostname()}`, reason });
  terminal.out(
    shown(
      flags.json,
      { executionId, ...holder },
      () => `The lock of ${executionId} is free; ${holder.ownerId} held it.\n`,
    ),
  );
}
