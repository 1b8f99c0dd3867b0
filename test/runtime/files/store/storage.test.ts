import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ConfigError } from '../../../../runtime/core/errors.ts';
import { createStorage, storageSettings } from '../../../../runtime/files/store/create-storage.ts';
import { InvalidPathError, NotFoundError } from '../../../../runtime/files/store/errors.ts';
import { LocalStorage } from '../../../../runtime/files/store/local-storage.ts';
import { collect } from '../../../support/collect.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { FakeS3 } from '../../../support/fake-s3.ts';
import { testFolder } from './folder.ts';
import { onFakeS3 } from './s3.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const presign = async () => 'https://example';

async function both() {
  const folder = await testFolder();
  const { s3, storage } = onFakeS3();
  return { folder, s3, backends: { s3: storage, disk: new LocalStorage(folder) } };
}

test('files T1: the key, the local path, and the same bytes from both', async () => {
  const folder = await testFolder();
  const s3 = new FakeS3();
  const ports = { clock: new FakeClock(), s3: () => s3, presign };
  const remote = await createStorage({ use_s3: true, s3_bucket: 'bucket' }, ports);
  const local = await createStorage({ local_path: `${folder}/executions/` }, ports);
  for (const storage of [remote, local]) await storage.writeFile('a1', 'output.csv', bytes('a;b\n1;2\n'));
  expect(s3.keys()).toEqual(['executions/a1/output.csv']);
  expect(await readdir(folder, { recursive: true })).toEqual([
    'executions',
    'executions/a1',
    'executions/a1/output.csv',
  ]);
  expect((await readFile(join(folder, 'executions/a1/output.csv'))).toString()).toBe('a;b\n1;2\n');
  expect(await remote.readFile('a1', 'output.csv')).toEqual(await local.readFile('a1', 'output.csv'));
  expect(storageSettings({})).toEqual({ kind: 'local', path: './executions/' });
});

describe('files T2: names that are refused before any call', () => {
  const ids = ['../x', 'a/b', '', 'a'.repeat(200), '.', '..', '.hidden', 'a\n'];
  const names = [
    '../e',
    '/e',
    'a\\b',
    'a/../b',
    '',
    'a//b',
    'a/',
    './a',
    'C:a',
    'a\0b',
    'a\u0085b',
    'x'.repeat(256),
    Array(17).fill('a').join('/'),
    '\ud800',
    '.sage-tmp-1',
  ];
  const cases = [...ids.map((id) => [id, 'a.csv']), ...names.map((name) => ['a1', name])] as [
    string,
    string,
  ][];

  test.each(cases)('%j %j', async (id, name) => {
    const { folder, s3, backends } = await both();
    for (const storage of Object.values(backends))
      for (const call of [
        () => storage.writeFile(id, name, bytes('x')),
        () => storage.writeStream(id, name, collectable()),
        () => storage.readFile(id, name),
        () => collect(storage.readStream(id, name)),
        () => storage.stat(id, name),
        () => storage.exists(id, name),
        () => storage.copy(id, name, 'b'),
        () => storage.copy(id, 'b', name),
        () => storage.delete(id, name),
        () => storage.presign(id, name, 60),
        () => collect(storage.listFiles(id, name)),
      ])
        await expect(call()).rejects.toBeInstanceOf(InvalidPathError);
    expect(s3.tap.calls).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  async function* collectable() {
    yield bytes('x');
  }

  test('a key longer than S3 takes', async () => {
    const { s3, storage } = onFakeS3();
    const long = Array(16).fill('a'.repeat(80)).join('/');
    await expect(storage.writeFile('a1', long, bytes('x'))).rejects.toBeInstanceOf(InvalidPathError);
    expect(s3.tap.calls).toEqual([]);
  });

  test('names at the limits are taken', async () => {
    const { backends } = await both();
    const name = `${Array(15).fill('a').join('/')}/${'ñ'.repeat(127)}`;
    for (const storage of Object.values(backends)) {
      await storage.writeFile('A'.repeat(128), name, bytes('x'));
      expect(await collect(storage.listFiles('A'.repeat(128)))).toEqual([name]);
    }
  });
});

test('files T2: a symbolic link may not lead out of the folder of executions', async () => {
  const folder = await testFolder();
  const root = join(folder, 'executions');
  await mkdir(join(root, 'a1'), { recursive: true });
  await mkdir(join(folder, 'outside'));
  await writeFile(join(folder, 'outside/secret'), 'secret');
  await symlink(join(folder, 'outside'), join(root, 'a1/out'));
  await symlink(join(folder, 'outside/secret'), join(root, 'a1/secret'));
  await symlink(join(folder, 'outside/new'), join(root, 'a1/nowhere'));
  await symlink(join(folder, 'outside'), join(root, 'b1'));
  await writeFile(join(root, 'a1/real'), 'real');
  await symlink('real', join(root, 'a1/inside'));
  const storage = new LocalStorage(root);
  for (const call of [
    () => storage.readFile('a1', 'out/secret'),
    () => storage.readFile('a1', 'secret'),
    () => storage.writeFile('a1', 'out/new/deep', bytes('x')),
    () => storage.writeFile('a1', 'nowhere', bytes('x')),
    () => storage.copy('a1', 'secret', 'copy'),
    () => storage.delete('a1', 'out/secret'),
    () => collect(storage.listFiles('b1')),
    () => storage.readFile('b1', 'secret'),
  ])
    await expect(call()).rejects.toBeInstanceOf(InvalidPathError);
  expect(Buffer.from(await storage.readFile('a1', 'inside')).toString()).toBe('real');
  expect(await collect(storage.listFiles('a1'))).toEqual(['inside', 'real']);
  expect(await readdir(join(folder, 'outside'))).toEqual(['secret']);
});

test('files T3: 2,345 objects are listed in order, in three pages', async () => {
  const { s3, storage } = onFakeS3();
  const names = Array.from({ length: 2345 }, (_, n) => `in/${(n * 7919) % 100_003}`);
  const put = (key: string) =>
    s3.buckets.get('bucket')?.set(key, { body: bytes('x'), etag: '"x"', contentType: 'x' });
  for (const name of names) put(`executions/a1/${name}`);
  put('executions/a1/in/');
  put('executions/a2/other');
  const listed = await collect(storage.listFiles('a1'));
  expect(listed).toEqual([...names].sort());
  expect(s3.tap.calls).toEqual(Array(3).fill('ListObjectsV2'));
});

test('files T4: nested names, absent executions and missing files are the same on both', async () => {
  const { s3, backends } = await both();
  for (const storage of Object.values(backends)) {
    await storage.writeFile('a', 'x/executions/a/y', bytes('y'));
    expect(await collect(storage.listFiles('a'))).toEqual(['x/executions/a/y']);
    expect(await collect(storage.listFiles('absent'))).toEqual([]);
    await expect(storage.readFile('a', 'missing')).rejects.toBeInstanceOf(NotFoundError);
    await expect(storage.readFile('a', 'missing')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  }
  expect(s3.keys()).toEqual(['executions/a/x/executions/a/y']);
});

describe('files T5: configuration', () => {
  test('S3 without a bucket is refused at construction', () => {
    const s3 = vi.fn();
    const ports = { clock: new FakeClock(), s3, presign };
    expect(() => createStorage({ use_s3: true }, ports)).toThrow(ConfigError);
    expect(() => createStorage({ useS3: true, s3Bucket: '' }, ports)).toThrow(/s3_bucket/);
    expect(s3).not.toHaveBeenCalled();
  });

  test('the client is made only for S3', async () => {
    const s3 = vi.fn();
    const path = join(await testFolder(), 'e');
    await createStorage({ localPath: path }, { clock: new FakeClock(), s3, presign });
    expect(s3).not.toHaveBeenCalled();
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ['deliveries', 'deliveries/'],
    ['deliveries/', 'deliveries/'],
    ['a/b//', 'a/b/'],
    ['', ''],
    [undefined, 'executions/'],
  ])('prefix %j', (s3_prefix, prefix) => {
    const given = { use_s3: true, s3_bucket: 'b', ...(s3_prefix !== undefined && { s3_prefix }) };
    expect(storageSettings(given)).toMatchObject({ prefix });
  });
});

test('files T1: no temp file stays on the disk, of a failed write neither', async () => {
  const folder = await testFolder();
  const storage = new LocalStorage(folder);
  await storage.writeFile('a1', 'm.json', bytes('1'), { ifAbsent: true });
  await expect(storage.writeFile('a1', 'm.json', bytes('2'), { ifAbsent: true })).rejects.toThrow();
  const broken = async function* () {
    yield bytes('x');
    throw new Error('of the source');
  };
  await expect(storage.writeStream('a1', 'b', broken())).rejects.toThrow('of the source');
  expect(await readdir(folder, { recursive: true })).toEqual(['a1', 'a1/m.json']);
});
