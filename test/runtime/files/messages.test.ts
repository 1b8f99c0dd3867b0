import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Message } from '../../../runtime/files/messages.ts';
import { isFilesCode, say } from '../../../runtime/files/messages.ts';

const parts = await Promise.all(
  globSync('*.ts', { cwd: 'runtime/files/messages' }).map(async (file) => {
    const [texts] = Object.values(
      await import(`../../../runtime/files/messages/${path.basename(file, '.ts')}.ts`),
    ) as Readonly<Record<string, Message>>[];
    return { file, texts: texts ?? {} };
  }),
);
const all = parts.flatMap(({ texts }) => Object.entries(texts));
const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

test('every code is said, and by one part alone', () => {
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter(([code]) => !isFilesCode(code))).toEqual([]);
  // The file of the specification spreads those of its own.
  const isOwn = (file: string) => /spec-yaml|select|infer|convert/.test(file);
  const codes = parts.filter(({ file }) => !isOwn(file)).flatMap(({ texts }) => Object.keys(texts));
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test('both languages have the same places', () => {
  for (const [code, { es, en }] of all) expect([code, places(es)]).toEqual([code, places(en)]);
});

test('a place without a value stays, and values are not filled in twice', () => {
  expect(say('en', 'SPEC_UNKNOWN_CATALOG', { id: '{nearest}' })).toBe(
    'There is no catalog {nearest}. The nearest one is {nearest}: correct the name or add the catalog.',
  );
  expect(say('en', 'SPEC_UNKNOWN_CATALOG', { id: '__proto__', nearest: '$&' })).toContain(
    'The nearest one is $&',
  );
});
