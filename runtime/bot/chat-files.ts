import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { mimeTypeOfName } from '../channels/media-types.ts';
import { HooklineError } from '../core/errors.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { safeId } from './job.ts';

/** The files of one chat (contract bot §10, §11.10): a scratch folder, and behind it the bucket when they are kept. */
export interface ChatFiles {
  /** Files outlive this container. */
  readonly kept: boolean;
  /** Stores a file under a relative name; resolves to the reference that blocks name it by (`file:<name>`). */
  save(name: string, bytes: Uint8Array): Promise<string>;
  /** Reads a file by its relative name, or one of the package or the scratch folder by its absolute path. */
  read(path: string): Promise<Uint8Array>;
  /** Removes the scratch copies: a container works for many chats, and its disk is small. */
  discard(): Promise<void>;
}

export interface ChatFilesOptions {
  /** Absent: nothing is kept in the bucket. */
  readonly objects: ObjectStore | undefined;
  /** Key prefix in the bucket, without slashes around it. */
  readonly prefix: string;
  readonly tmpDir: string;
  /** Where the function's package lies. */
  readonly packageRoot: string;
}

/** Opens the files of a chat; nothing is read or written before it is asked for. */
export function chatFiles(chatId: string, options: ChatFilesOptions): ChatFiles {
  const { objects, prefix, tmpDir, packageRoot } = options;
  const folder = join(tmpDir, 'files', safeId(chatId));
  const keyOf = (name: string) => [prefix, safeId(chatId), name].filter(Boolean).join('/');

  const write = async (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, bytes, { mode: 0o600 });
  };

  return {
    kept: objects !== undefined,
    async save(name, bytes) {
      const mimeType = checkedType(name);
      await write(name, bytes);
      await objects?.put(keyOf(name), bytes, undefined, mimeType);
      return `file:${name}`;
    },
    async read(path) {
      if (isAbsolute(path)) return readLocal(path, packageRoot, tmpDir);
      checkedType(path);
      const local = await readIfThere(join(folder, path));
      if (local) return local;
      const stored = await objects?.get(keyOf(path));
      if (stored?.status !== 'found') throw refused('The file that a block names is not there (any more)');
      await write(path, stored.body);
      return stored.body;
    },
    // Most turns have no files, so mostly there is nothing to wait for.
    discard: async () => (existsSync(folder) ? rm(folder, { recursive: true, force: true }) : undefined),
  };
}

const refused = (message: string) => new HooklineError(message, 'permanent');

// Segments of ordinary characters: nothing that could lead out of the folder, and no hidden file.
const FILE_NAME = /^(?:[\p{L}\p{N}_()-][\p{L}\p{N}_()., -]*\/)*[\p{L}\p{N}_()-][\p{L}\p{N}_()., -]*$/u;

/** The type that a name promises. Media only: objects of programs are never stored (contract bot §11.10). */
function checkedType(name: string): string {
  if (!FILE_NAME.test(name) || name.includes('..') || name.length > 200)
    throw refused('The name of a file must be relative, without "..", and of ordinary characters');
  const mimeType = mimeTypeOfName(name);
  if (!mimeType) throw refused('The name of a file must end like that of a medium, as in .png or .pdf');
  return mimeType;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * A picture in the package, or one that the agent made in the scratch folder; nothing of other chats. Links are
 * followed first, so that none leads elsewhere.
 */
async function readLocal(path: string, packageRoot: string, tmpDir: string): Promise<Uint8Array> {
  const resolved = (place: string) => realpath(place).catch(() => undefined);
  const [real, root, tmp] = await Promise.all([path, packageRoot, tmpDir].map(resolved));
  const isBelow = (folder: string | undefined) => folder !== undefined && real?.startsWith(folder + sep);
  const isForeign = tmp !== undefined && ['files', 'history'].some((folder) => isBelow(join(tmp, folder)));
  if (!real || isForeign || !(isBelow(root) || isBelow(tmp)) || !mimeTypeOfName(real))
    throw refused('A block may name media of the package, of ctx.files and of the scratch folder');
  return readFile(real);
}
