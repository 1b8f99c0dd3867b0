import type { Command } from 'commander';
import type { World } from './world.ts';

/** The first Node whose SQLite needs no flag. */
const SQLITE_NODE = [22, 13] as const;

/** Whether a Node, as `v22.13.0`, can read histories. */
export function hasSqlite(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  return major > SQLITE_NODE[0] || (major === SQLITE_NODE[0] && minor >= SQLITE_NODE[1]);
}

/** A command that reads histories: an older Node is told of before anything is done. */
export const withSqlite = (command: Command, { nodeVersion }: World): Command =>
  command.hook('preAction', () => {
    if (hasSqlite(nodeVersion)) return;
    throw new Error(
      `This command needs Node ${SQLITE_NODE.join('.')} or later; this is Node ${nodeVersion}.`,
    );
  });
