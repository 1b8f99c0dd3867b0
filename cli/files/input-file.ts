import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Source } from '../../runtime/files/read/types.ts';

/** Text of a file that the command line names. */
export async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
}

/** A data file that the command line names, for the readers. */
export async function fileSource(file: string): Promise<Source> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (!found.isFile()) throw new Error(`${file} is no file: name one file.`);
  return {
    name: path.basename(file),
    path: path.resolve(file),
    sizeBytes: found.size,
    bytes: () => createReadStream(file),
  };
}

function unreadable(file: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT'
      ? `There is no file ${file}: check its name and the folder that you are in.`
      : code === 'EISDIR'
        ? `${file} is a folder: name one file.`
        : `${file} cannot be read (${code ?? 'unknown reason'}): check who may read it.`;
  return new Error(reason, { cause: error });
}
