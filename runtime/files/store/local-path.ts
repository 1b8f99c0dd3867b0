import { lstat, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { InvalidPathError } from './errors.ts';

/** Nothing is there, or a file where a folder should be. */
export const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));

/**
 * The real path below `root`, symbolic links resolved; what is not there yet stands as it is. Throws
 * `InvalidPathError` for what lies outside, and for a link that leads nowhere.
 */
export async function insideRoot(root: string, segments: readonly string[]): Promise<string> {
  const realRoot = await realpathOr(root, resolve(root));
  let path = realRoot;
  for (const [index, segment] of segments.entries()) {
    const next = join(path, segment);
    const stats = await lstat(next).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (!stats) return join(path, ...segments.slice(index));
    path = stats.isSymbolicLink() ? await realpathOr(next, undefined) : next;
    if (path !== realRoot && !path.startsWith(realRoot + sep)) throw outside();
  }
  return path;
}

async function realpathOr(path: string, absent: string | undefined): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isAbsent(error) && absent !== undefined) return absent;
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'ELOOP') throw outside();
    throw error;
  }
}

const outside = () =>
  new InvalidPathError('file_name', 'a symbolic link leads out of the folder of executions');
