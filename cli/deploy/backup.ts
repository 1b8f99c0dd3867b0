import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from '../../runtime/core/object-store.ts';
import type { ObjectVersions } from '../../runtime/core/object-versions.ts';

/** What users said and sent; token files and jobs are of no use without the bot. */
const PREFIXES = ['history/', 'archive/', 'files/'];

/** Copies the current objects to a folder, under their keys. Returns how many. */
export async function backUp(
  objects: ObjectStore,
  versions: ObjectVersions,
  folder: string,
): Promise<number> {
  const root = path.resolve(folder);
  let count = 0;
  for (const prefix of PREFIXES) {
    for (const key of await versions.keys(prefix)) {
      const file = path.resolve(root, key);
      // A key may hold dots and slashes of its own.
      if (!file.startsWith(`${root}${path.sep}`)) throw new Error(`The object ${key} cannot be a file.`);
      const found = await objects.get(key);
      if (found.status !== 'found') continue;
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, found.body, { mode: 0o600 });
      count += 1;
    }
  }
  return count;
}
