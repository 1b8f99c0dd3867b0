import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chatFiles } from '../../../runtime/bot/chat-files.ts';
import { errorClassOf } from '../../../runtime/core/errors.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { Tap } from '../../support/tap.ts';

const bytes = Uint8Array.from([1, 2, 3]);

function world(kept = true) {
  const root = mkdtempSync(join(tmpdir(), 'hookline-files-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const tap = new Tap();
  const s3 = new FakeS3(['bucket'], tap);
  const objects = kept ? s3ObjectStore(s3, 'bucket', new FakeClock()) : undefined;
  const [tmp, packageRoot] = [join(root, 'tmp'), join(root, 'package')];
  for (const folder of [tmp, packageRoot]) mkdirSync(folder);
  const open = (chatId: string, tmpDir = tmp) =>
    chatFiles(chatId, { objects, prefix: 'files', tmpDir, packageRoot });
  return { root, tmp, packageRoot, tap, s3, open };
}

test('a file is saved to the bucket and read by another environment', async () => {
  const { open, s3, root, tap } = world();
  expect(await open('a/b').save('out/größe 1.png', bytes)).toBe('file:out/größe 1.png');
  expect(s3.keys()).toEqual(['files/u_YS9i/out/größe 1.png']);
  const elsewhere = open('a/b', join(root, 'other'));
  expect(Buffer.from(await elsewhere.read('out/größe 1.png'))).toEqual(Buffer.from(bytes));
  await elsewhere.read('out/größe 1.png');
  expect(tap.calls.filter((call) => call === 'GetObject')).toHaveLength(1);
});

test("chats do not see each other's files, and a discarded copy is gone", async () => {
  const { open, tmp } = world(false);
  const files = open('1');
  await files.save('a.png', bytes);
  await expect(open('2').read('a.png')).rejects.toThrow('not there');
  expect(await files.read('a.png')).toHaveLength(3);
  await files.discard();
  expect(existsSync(join(tmp, 'files', '1'))).toBe(false);
  await expect(files.read('a.png')).rejects.toThrow('not there');
});

test.each([
  '../x.png',
  'a/../../x.png',
  '..',
  '/etc/x.png',
  '\\x.png',
  'a//b.png',
  './a.png',
  '.hidden.png',
  'a/.hidden.png',
  '',
  'x\0.png',
  'history.sqlite',
  'object.pkl',
  'script.js',
  'noending',
  `${'x'.repeat(200)}.png`,
])('the name %j is refused', async (name) => {
  const { open, tmp, s3, tap } = world();
  const error = await open('1')
    .save(name, bytes)
    .catch((thrown: unknown) => thrown);
  expect(errorClassOf(error)).toBe('permanent');
  expect(String(error)).toContain('The name of a file must');
  await expect(open('1').read(name)).rejects.toThrow();
  expect(s3.keys()).toEqual([]);
  expect(tap.calls).toEqual([]);
  expect(existsSync(join(tmp, 'files'))).toBe(false);
});

test('media of the package and of the scratch folder are read; nothing else of this machine is', async () => {
  const { open, root, tmp, packageRoot } = world();
  const files = open('1');
  writeFileSync(join(packageRoot, 'logo.png'), bytes);
  writeFileSync(join(tmp, 'chart.png'), bytes);
  expect(await files.read(join(packageRoot, 'logo.png'))).toHaveLength(3);
  expect(await files.read(join(tmp, 'chart.png'))).toHaveLength(3);

  await open('2').save('secret.png', bytes);
  writeFileSync(join(root, 'outside.png'), bytes);
  writeFileSync(join(tmp, 'service.json'), '{}');
  symlinkSync(join(root, 'outside.png'), join(packageRoot, 'link.png'));
  symlinkSync(join(tmp, 'files', '2', 'secret.png'), join(tmp, 'link.png'));
  for (const path of [
    '/proc/self/environ',
    '/etc/passwd',
    join(root, 'outside.png'),
    join(tmp, 'service.json'),
    join(tmp, 'files', '2', 'secret.png'),
    join(packageRoot, 'link.png'),
    join(tmp, 'link.png'),
    join(packageRoot, 'missing.png'),
    `${packageRoot}/../outside.png`,
  ])
    await expect(files.read(path), path).rejects.toThrow('A block may name media of');
});
