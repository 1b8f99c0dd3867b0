import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { OutputFile } from '../process/result.ts';

/** A text file that is written from its begin, batch by batch. */
export class TextFile {
  private constructor(
    readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  /** What stood there is gone. Makes the folder. */
  static async create(file: string): Promise<TextFile> {
    await mkdir(path.dirname(file), { recursive: true });
    return new TextFile(file, await open(file, 'w'));
  }

  async write(text: string): Promise<void> {
    if (text !== '') await this.handle.writeFile(text);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export interface GzipFile {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A compressed text file; level 1, which is three times as fast as the usual one. */
export async function gzipFile(file: string): Promise<GzipFile> {
  await mkdir(path.dirname(file), { recursive: true });
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const target = gzip.pipe(createWriteStream(file));
  const done = finished(target);
  // Whoever writes or closes is told; nobody may be told by a crash.
  done.catch(() => undefined);
  target.on('error', (error) => gzip.destroy(error));
  return {
    async write(text) {
      if (text === '' || gzip.write(text)) return;
      await Promise.race([new Promise((resolve) => gzip.once('drain', resolve)), done]);
    },
    close() {
      gzip.end();
      return done;
    },
  };
}

/** Name, size and hash of a file in the folder of outputs. */
export async function outputFile(folder: string, name: string): Promise<OutputFile> {
  const file = path.join(folder, name);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const { size: bytes } = await stat(file);
  return { name, bytes, sha256: hash.digest('hex') };
}
