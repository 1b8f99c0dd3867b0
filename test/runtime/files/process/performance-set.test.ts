import path from 'node:path';
import { expect, test } from 'vitest';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { csvParseZod } from '../../../bench/files/csv-parse-zod.ts';
import { floor } from '../../../bench/files/floor.ts';
import { ours } from '../../../bench/files/ours.ts';
import { papaparseFloor } from '../../../bench/files/papaparse-floor.ts';
import { SET_DOCUMENT, writeSet } from '../../../bench/files/performance-set.ts';
import { temporaryFolder } from './world.ts';

const ROWS = 20_000;

test('files T54: on the performance set the floor, ours and the peers find the same at the same lines', async () => {
  const file = path.join(await temporaryFolder(), 'pedidos.csv');
  await writeSet(file, ROWS);
  const catalog = loadSpec(SET_DOCUMENT).spec!.catalogs.get('pedidos')!;
  const byHand = await floor(file, catalog);
  expect(byHand.records).toBe(ROWS);
  expect(byHand.count).toBeGreaterThan(ROWS / 200);
  for (const found of [await ours(file, SET_DOCUMENT), await papaparseFloor(file), await csvParseZod(file)]) {
    expect(found.records).toBe(ROWS);
    expect(found.count).toBe(byHand.count);
    expect(found.digest()).toBe(byHand.digest());
  }
});
