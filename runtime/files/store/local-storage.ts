import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { collected, Measure, measured, streamOf } from './bytes.ts';
import { NotFoundError } from './errors.ts';
import { localList } from './local-list.ts';
import { insideRoot, isAbsent } from './local-path.ts';
import { checkedExecutionId, checkedFileName, differentNames, TEMPORARY_PREFIX } from './paths.ts';
import type { FileStat, ReadOptions, StorageAdapter, WriteOptions, WrittenFile } from './storage.ts';
import { localStorageError } from './storage-errors.ts';

/** Bytes of one read. */
const READ_BYTES = 256 * 1024;

/** Executions in a folder: `<root>/<execution_id>/<file_name>`. Each write is whole or not there at all. */
export class LocalStorage implements StorageAdapter {
  constructor(private readonly root: string) {}

  writeFile(executionId: string, fileName: string, content: Uint8Array, options?: WriteOptions) {
    return this.writeStream(executionId, fileName, streamOf(content), options);
  }

  async readFile(executionId: string, fileName: string): Promise<Uint8Array> {
    return collected(this.readStream(executionId, fileName));
  }

  async writeStream(
    executionId: string,
    fileName: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteOptions = {},
  ): Promise<WrittenFile> {
    const measure = new Measure();
    try {
      const path = await this.pathOf(executionId, fileName);
      const stored = measure.pass(content, options.signal);
      await replaceFile(path, (temporary) => fill(temporary, stored), options.ifAbsent);
    } catch (error) {
      // What the content throws is the caller's own.
      throw error === measure.failure ? error : localStorageError(error, fileName, true);
    }
    return measure.finish();
  }

  async *readStream(executionId: string, fileName: string, { signal }: ReadOptions = {}) {
    const path = await reading(fileName, () => this.pathOf(executionId, fileName));
    yield* readChunks(path, fileName, signal);
  }

  async *listFiles(executionId: string, folder?: string): AsyncIterable<string> {
    const name = folder === undefined ? undefined : checkedFileName(folder);
    yield* await localList(this.root, checkedExecutionId(executionId), name);
  }

  async stat(executionId: string, fileName: string): Promise<FileStat> {
    const written = await measured(this.readStream(executionId, fileName));
    return reading(fileName, async () => {
      const { mtimeNs, ino } = await stat(await this.pathOf(executionId, fileName), { bigint: true });
      return { ...written, etag: `"${mtimeNs}-${ino}-${written.sizeBytes}"` };
    });
  }

  exists(executionId: string, fileName: string): Promise<boolean> {
    return reading(fileName, async () => isFile(await this.pathOf(executionId, fileName)));
  }

  async copy(executionId: string, fromName: string, toName: string): Promise<void> {
    differentNames(checkedFileName(fromName), checkedFileName(toName));
    if (!(await this.exists(executionId, fromName))) throw new NotFoundError(fromName);
    await writing(toName, async () => {
      const [from, to] = [await this.pathOf(executionId, fromName), await this.pathOf(executionId, toName)];
      await replaceFile(to, (temporary) => copyFile(from, temporary));
    });
  }

  async delete(executionId: string, fileName: string): Promise<void> {
    await writing(fileName, async () => {
      const path = await this.pathOf(executionId, fileName);
      if (await isFile(path)) await rm(path, { force: true });
    });
  }

  /** A `file:` address; it needs no credentials and does not end. */
  async presign(executionId: string, fileName: string): Promise<string> {
    return pathToFileURL(await this.pathOf(executionId, fileName)).href;
  }

  private async pathOf(executionId: string, fileName: string): Promise<string> {
    return insideRoot(this.root, [checkedExecutionId(executionId), ...checkedFileName(fileName).split('/')]);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Fills a file beside the final one, brings it to the disk and puts it in place. */
async function replaceFile(
  path: string,
  fillFile: (temporary: string) => Promise<void>,
  ifAbsent = false,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`);
  try {
    await fillFile(temporary);
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    // A link is refused where a file stands; a rename replaces it.
    if (ifAbsent) await link(temporary, path);
    else await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function fill(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const chunk of content) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

async function* readChunks(path: string, fileName: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const file = await reading(fileName, async () => {
    if (!(await stat(path)).isFile()) throw new NotFoundError(fileName);
    return open(path, 'r');
  });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead, buffer } = await reading(fileName, () =>
        file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES),
      );
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const writing = <T>(file: string, work: () => Promise<T>) => mapped(file, true, work);
const reading = <T>(file: string, work: () => Promise<T>) => mapped(file, false, work);

async function mapped<T>(file: string, isWrite: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw localStorageError(error, file, isWrite);
  }
}
