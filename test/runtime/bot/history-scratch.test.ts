import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftovers, scratchFile } from '../../../runtime/bot/history-scratch.ts';
import { asynchronous, CHAT, context, textJob, workerWorld } from './worker-world.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hookline-scratch-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('two copies of one chat are two files: removing one leaves the other', () => {
  const place = folder();
  const [first, second] = [scratchFile(place, Buffer.from('a')), scratchFile(place, Buffer.from('b'))];
  second.remove();
  expect([readFileSync(first.path, 'utf8'), existsSync(second.path)]).toEqual(['a', false]);
});

test('what killed processes left is removed; the files of this one and of others that live are not', () => {
  const place = folder();
  const own = scratchFile(place, Buffer.from('own'));
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const leftovers = [`${dead}-left`, `${process.pid}-earlier`];
  for (const name of [...leftovers, `${process.ppid}-other`]) {
    mkdirSync(join(place, name));
    writeFileSync(join(place, name, '1.sqlite'), 'rows');
  }
  writeFileSync(join(place, `${CHAT}.sqlite-wal`), 'of an earlier release');
  removeLeftovers(place);
  expect(readdirSync(place).sort()).toEqual(
    [dirname(own.path).slice(place.length + 1), `${process.ppid}-other`].sort(),
  );
  expect(existsSync(own.path)).toBe(true);
});

test('a worker removes what a killed one left before it opens a history, and leaves nothing of its own', async () => {
  const world = workerWorld();
  const left = join(world.tmp, 'history', `${process.pid}-killed`);
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, '1.sqlite'), 'rows of a chat');
  await world.worker(asynchronous(textJob('hello')), context());
  const folders = readdirSync(join(world.tmp, 'history'));
  expect([folders.length, folders.flatMap((name) => readdirSync(join(world.tmp, 'history', name)))]).toEqual([
    1,
    [],
  ]);
});
