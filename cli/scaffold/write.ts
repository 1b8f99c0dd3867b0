import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

export type Written = 'written' | 'kept' | 'replaced' | 'changed';

/** The secrets file: readable by its owner alone, and never lost. */
const SECRET = '.env.prod';

/** Writes a file of a new project. One that exists is kept, unless `overwrite`; old secrets are set aside. */
export async function writeProjectFile(
  folder: string,
  name: string,
  text: string,
  overwrite: boolean,
): Promise<Written> {
  const file = path.join(folder, name);
  const old = await readIfThere(file);
  if (old !== undefined && !overwrite) return 'kept';
  await mkdir(folder, { recursive: true });
  const isSecret = name === SECRET;
  if (isSecret && old !== undefined) await rename(file, `${file}.bak`);
  await writeFile(file, text, { mode: isSecret ? 0o600 : 0o644 });
  // A file that was there keeps its mode otherwise.
  if (isSecret) await chmod(file, 0o600);
  return old === undefined ? 'written' : 'replaced';
}

/** Undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
