import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { FileExistsError, InvalidPathError, NotFoundError } from '../../runtime/files/store/errors.ts';
import type { StorageAdapter } from '../../runtime/files/store/storage.ts';
import { collect } from '../support/collect.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

async function* chunked(content: Uint8Array, chunkBytes: number) {
  for (let at = 0; at < content.byteLength; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
}

/** Files of executions: the same results whatever lies behind (contract files §3.1). */
export function defineStorageConformance(name: string, makeStorage: () => Promise<StorageAdapter>): void {
  describe(`storage of executions on ${name}`, () => {
    let storage: StorageAdapter;
    beforeAll(async () => {
      storage = await makeStorage();
    });
    const newId = () => `x-${randomUUID()}`;
    const write = (id: string, file: string, text = file) => storage.writeFile(id, file, bytes(text));
    const textOf = async (id: string, file: string) =>
      Buffer.from(await storage.readFile(id, file)).toString();
    const namesOf = async (id: string, folder?: string) => collect(storage.listFiles(id, folder));

    test('what is written is read, and replaced as a whole', async () => {
      const id = newId();
      expect(await write(id, 'output.csv', 'a,b\n')).toEqual({
        sizeBytes: 4,
        sha256: sha256(bytes('a,b\n')),
      });
      expect(await textOf(id, 'output.csv')).toBe('a,b\n');
      await write(id, 'output.csv', 'c');
      expect(await textOf(id, 'output.csv')).toBe('c');
      await write(id, 'empty.log', '');
      expect(await textOf(id, 'empty.log')).toBe('');
    });

    test('names keep their letters; both forms of a letter are one name', async () => {
      const id = newId();
      const file = "año 2024/ñ+%20 'x'&é.csv";
      await write(id, file.normalize('NFD'), 'x');
      expect(await textOf(id, file)).toBe('x');
      expect(await namesOf(id)).toEqual([file.normalize('NFC')]);
    });

    test('a listing has the files alone, in folders too, in the order of their bytes', async () => {
      const id = newId();
      const names = ['a/x', 'a.c', 'Z', 'b/c/d', '\u{1F600}', '\uFB00', 'executions/x'];
      for (const each of names) await write(id, each);
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await namesOf(id)).toEqual(sorted);
      expect(await namesOf(id, 'b')).toEqual(['b/c/d']);
      expect(await namesOf(id, 'absent')).toEqual([]);
      expect(await namesOf(newId())).toEqual([]);
    });

    test('an execution whose id begins like another is not listed with it', async () => {
      const id = newId();
      await write(`${id}1`, 'other');
      await write(id, 'own');
      expect(await namesOf(id)).toEqual(['own']);
    });

    test('what is absent', async () => {
      const id = newId();
      for (const read of [
        () => storage.readFile(id, 'a'),
        () => collect(storage.readStream(id, 'a')),
        () => storage.stat(id, 'a'),
        () => storage.copy(id, 'a', 'b'),
      ])
        await expect(read()).rejects.toBeInstanceOf(NotFoundError);
      expect(await storage.exists(id, 'a')).toBe(false);
      await storage.delete(id, 'a');
      await write(id, 'folder/a');
      await expect(storage.readFile(id, 'folder')).rejects.toBeInstanceOf(NotFoundError);
      expect(await storage.exists(id, 'folder')).toBe(false);
    });

    test('stat, exists, copy, delete', async () => {
      const id = newId();
      const written = await write(id, 'attempts/1-a/output.csv', 'hello');
      const stat = await storage.stat(id, 'attempts/1-a/output.csv');
      expect(stat).toEqual({ ...written, etag: expect.any(String) });
      await write(id, 'output.csv', 'old');
      await storage.copy(id, 'attempts/1-a/output.csv', 'output.csv');
      expect(await textOf(id, 'output.csv')).toBe('hello');
      expect(await storage.stat(id, 'output.csv')).toMatchObject(written);
      await expect(storage.copy(id, 'output.csv', 'output.csv')).rejects.toBeInstanceOf(InvalidPathError);
      await write(id, 'attempts/1-a/output.csv', 'hello, again');
      expect((await storage.stat(id, 'attempts/1-a/output.csv')).etag).not.toBe(stat.etag);
      await storage.delete(id, 'attempts/1-a/output.csv');
      expect(await namesOf(id)).toEqual(['output.csv']);
    });

    test('create-only: the second writer is refused, the first one’s bytes stay', async () => {
      const id = newId();
      const create = (text: string) =>
        storage.writeFile(id, 'manifest.json', bytes(text), { ifAbsent: true });
      await create('first');
      await expect(create('second')).rejects.toBeInstanceOf(FileExistsError);
      expect(await textOf(id, 'manifest.json')).toBe('first');
      const race = await Promise.allSettled(
        Array.from({ length: 5 }, (_, n) =>
          storage.writeFile(id, 'race', bytes(String(n)), { ifAbsent: true }),
        ),
      );
      expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test.each([
      ['binary in parts', 'data.zip', () => randomBytes(17 * 1024 * 1024 + 3)],
      ['exactly one part', 'part.zip', () => randomBytes(8 * 1024 * 1024)],
      ['a text', 'output.csv', () => Buffer.from('línea;1;2;3\n'.repeat(300_000))],
    ])('a stream: %s', async (_what, file, make) => {
      const id = newId();
      const content = make();
      const written = await storage.writeStream(id, file, chunked(content, 100_000));
      expect(written).toEqual({ sizeBytes: content.byteLength, sha256: sha256(content) });
      const read = Buffer.concat(await collect(storage.readStream(id, file)));
      expect(read.equals(content)).toBe(true);
      expect(await storage.stat(id, file)).toMatchObject(written);
      await storage.copy(id, file, `copy-${file}`);
      expect(await storage.stat(id, `copy-${file}`)).toMatchObject(written);
    });

    test('a stream that fails or is stopped leaves nothing, and its own error is thrown', async () => {
      const id = newId();
      const failure = Object.assign(new Error('of the source'), { code: 'ENOENT' });
      for (const size of [10, 12 * 1024 * 1024]) {
        const broken = async function* () {
          yield randomBytes(size);
          throw failure;
        };
        await expect(storage.writeStream(id, 'out.bin', broken())).rejects.toBe(failure);
        const stopping = new AbortController();
        const reason = new Error('stopped');
        const stopped = async function* () {
          yield randomBytes(size);
          stopping.abort(reason);
          yield randomBytes(10);
        };
        const { signal } = stopping;
        await expect(storage.writeStream(id, 'out.bin', stopped(), { signal })).rejects.toBe(reason);
      }
      expect(await namesOf(id)).toEqual([]);
    });

    test('a stopped read throws the signal’s reason', async () => {
      const id = newId();
      await storage.writeFile(id, 'a.bin', randomBytes(1024 * 1024));
      const reason = new Error('stopped');
      const read = async () => {
        const stopping = new AbortController();
        for await (const _ of storage.readStream(id, 'a.bin', { signal: stopping.signal }))
          stopping.abort(reason);
      };
      await expect(read()).rejects.toBe(reason);
    });

    test('an address without credentials', async () => {
      const id = newId();
      await write(id, 'report.html');
      const address = await storage.presign(id, 'report.html', 60);
      expect(address).toMatch(/^(https?|file):\/\/.*report\.html/);
      // An emulator's; the fake serves none.
      if (address.startsWith('http:')) expect(await (await fetch(address)).text()).toBe('report.html');
    });
  });
}
