import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FilesError } from '../errors.ts';
import type { Source } from '../read/types.ts';

const CHUNK_BYTES = 2 ** 18;

/** A file of this machine by the name that it was delivered under; default: its own. */
export interface LocalFile {
  readonly path: string;
  readonly name?: string;
}

/** Throws INPUT_NOT_FOUND for a path that is no file. */
export async function fileSource({ path: file, name = path.basename(file) }: LocalFile): Promise<Source> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new FilesError('INPUT_NOT_FOUND', 'permanent', { file: name });
  return {
    name,
    path: file,
    sizeBytes: found.size,
    bytes: () => createReadStream(file, { highWaterMark: CHUNK_BYTES }),
  };
}
