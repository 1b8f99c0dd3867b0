import { readdir, stat } from 'node:fs/promises';
import { InvalidPathError } from './errors.ts';
import { insideRoot, isAbsent } from './local-path.ts';
import { byBytes, TEMPORARY_PREFIX } from './paths.ts';
import { localStorageError } from './storage-errors.ts';

/** Names of the files of an execution, in the order of their bytes. Links count when they lead to a file inside. */
export async function localList(root: string, executionId: string, folder?: string): Promise<string[]> {
  const names: string[] = [];
  const start = folder === undefined ? [] : folder.split('/');
  try {
    await collect(root, executionId, start, names);
  } catch (error) {
    throw localStorageError(error, folder ?? executionId, false);
  }
  return names.sort(byBytes);
}

async function collect(
  root: string,
  executionId: string,
  folder: readonly string[],
  names: string[],
): Promise<void> {
  for (const entry of await entriesOf(await insideRoot(root, [executionId, ...folder]))) {
    if (entry.name.startsWith(TEMPORARY_PREFIX)) continue;
    const segments = [...folder, entry.name];
    if (entry.isDirectory()) await collect(root, executionId, segments, names);
    else if (
      entry.isFile() ||
      (entry.isSymbolicLink() && (await leadsToFile(root, [executionId, ...segments])))
    )
      names.push(segments.join('/').normalize('NFC'));
  }
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

async function leadsToFile(root: string, segments: readonly string[]): Promise<boolean> {
  try {
    return (await stat(await insideRoot(root, segments))).isFile();
  } catch (error) {
    if (error instanceof InvalidPathError) return false;
    throw error;
  }
}
