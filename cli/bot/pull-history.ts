import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { chatOfKey, safeId } from '../../runtime/bot/job.ts';
import { withSqlite } from '../node-version.ts';
import { paint } from '../terminal.ts';
import type { World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { bucketOf } from './stored.ts';

export interface PullHistoryFlags extends BotFlags {
  readonly userId?: readonly string[];
  readonly userIds?: readonly string[];
  /** Folder on this machine. */
  readonly dest: string;
  readonly json?: boolean;
}

/** `hookline bot pull-history`: copies histories from the bucket to this machine. */
export function addPullHistory(bot: Command, world: World): void {
  withSqlite(
    withBot(bot.command('pull-history').description('copy the stored histories to this machine')),
    world,
  )
    .option('--user-id <id>', 'only this chat; repeatable', (id: string, before: readonly string[] = []) => [
      ...before,
      id,
    ])
    .option('--user-ids <a,b>', 'only these chats', (ids: string, before: readonly string[] = []) => [
      ...before,
      ...ids.split(','),
    ])
    .option('--dest <folder>', 'where the files go', 'history')
    .option('--json', 'write each history as JSON (rows, ledger, state) in place of the SQLite file')
    .addHelpText('after', example('hookline bot pull-history --project shop --dest histories'))
    .action((flags: PullHistoryFlags) => pullHistory(flags, worldOf(flags, world)));
}

/** Fetches each chat once, and all that can be had before it says what is missing. Throws when one is. */
export async function pullHistory(flags: PullHistoryFlags, world: World): Promise<void> {
  const { objects, versions, prefixes } = await bucketOf(await botOf(flags, world), world);
  // Here and not above: Node's SQLite is not in every Node that runs the other commands.
  const { readStoredHistory } = await import('../../runtime/bot/stored-history.ts');
  const named = [...(flags.userId ?? []), ...(flags.userIds ?? [])]
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const chats =
    named.length > 0
      ? [...new Set(named)]
      : (await versions.keys(`${prefixes.history}/`)).flatMap(
          (key) => chatOfKey(key, prefixes.history) ?? [],
        );
  const missing: string[] = [];
  const options = { prefix: prefixes.history, rowLimit: Number.MAX_SAFE_INTEGER, clock: world.aws.clock };
  await mkdir(flags.dest, { recursive: true });
  for (const chat of chats) {
    const history = await readStoredHistory(chat, objects, options);
    if (!history) {
      missing.push(chat);
      continue;
    }
    const { key, body, rows, ledger, state } = history;
    const file = path.join(flags.dest, `${safeId(chat)}.${flags.json ? 'json' : 'sqlite'}`);
    await writeFile(file, flags.json ? JSON.stringify({ key, state, rows, ledger }, null, 2) : body, {
      mode: 0o600,
    });
    world.terminal.out(`${paint(world.terminal, 'green', file)}  ${rows.length} rows\n`);
  }
  if (missing.length > 0) throw new Error(`No history of chat ${missing.join(', ')}.`);
  if (chats.length === 0) world.terminal.out('The bucket holds no history.\n');
}
