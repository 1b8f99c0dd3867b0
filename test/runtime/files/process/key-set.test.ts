import { readdir } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyPartition } from '../../../../runtime/files/process/key-partition.ts';
import { KeySpace } from '../../../../runtime/files/process/key-set.ts';
import { KeyTable } from '../../../../runtime/files/process/key-table.ts';
import { temporaryFolder } from './world.ts';

const SEED = 20260706;

test('keys of every length and script are told apart exactly, and the first line is kept', async () => {
  const folder = await temporaryFolder();
  const unit = fc.constantFrom('a', 'á', 'ñ', '0', '😀', '\0', '\u0100', 'ÿ');
  const key = fc.oneof(
    fc.string({ unit, maxLength: 4 }),
    fc.constantFrom('x'.repeat(9000), `${'x'.repeat(8999)}y`),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 400 }), (keys) => {
      const set = new KeySpace(2 ** 30, folder).keySet();
      const lines = new Map<string, number>();
      keys.forEach((each, index) => {
        const first = lines.get(each) ?? 0;
        expect(set.has(each)).toBe(first > 0);
        expect(set.put(each, index + 1)).toBe(first);
        if (first === 0) lines.set(each, index + 1);
      });
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test('above the memory budget keys lie in files, with the same answers; nothing of the files stays', async () => {
  const folder = await temporaryFolder();
  const space = new KeySpace(3 * 2 ** 20, folder);
  const [large, small] = [space.keySet(), space.keySet()];
  const count = 120_000;
  for (let at = 0; at < count; at++) {
    if (large.put(`clave-ñ-${at}`, at + 1) !== 0) throw new Error(`${at} is new`);
    if (at % 3 === 0) small.add(String(at));
  }
  expect(large.bytes + small.bytes).toBeLessThan(5 * 2 ** 20);
  for (let at = 0; at < count; at += 7) {
    if (large.put(`clave-ñ-${at}`, 1) !== at + 1) throw new Error(`${at} is known`);
    if (large.has(`clave-n-${at}`)) throw new Error(`${at} is not there`);
    if (small.has(String(at)) !== (at % 3 === 0)) throw new Error(`${at} of the small set`);
  }
  expect(await readdir(folder)).toEqual([]);
  space.close();
});

test('a folder that takes no file is an error that says what to do', () => {
  const space = new KeySpace(0, '/no/such/folder');
  const set = space.keySet();
  const fill = () => {
    for (let at = 0; at < 200_000; at++) set.add(`una clave cualquiera ${at}`);
  };
  expect(fill).toThrow(expect.objectContaining({ code: 'KEY_SPACE_FULL' }));
});

test('two keys of one hash are two keys, in memory and in a file', async () => {
  const hash = { low: 7, high: 9 };
  const table = new KeyTable();
  table.insert('una', hash, 3);
  expect([table.find('una', hash), table.find('dos', hash)]).toEqual([3, 0]);
  const partition = new KeyPartition(await temporaryFolder(), table);
  expect([partition.find('una', hash), partition.find('dos', hash)]).toEqual([3, 0]);
  partition.close();
});
