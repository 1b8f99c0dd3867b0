import { describe, expect, test } from 'vitest';
import { FilesError } from '../../../../runtime/files/errors.ts';
import type { Kind } from '../../../../runtime/files/read/sniff.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { matchFiles } from '../../../../runtime/files/spec/match-files.ts';
import { type Delivered, type Selection, select } from '../../../../runtime/files/spec/select.ts';
import type { Spec } from '../../../../runtime/files/spec/types.ts';
import { CATALOG, HEAD, PACKAGE } from './documents.ts';

/** Catalogs by id to their file, packages by id to their type and catalogs. */
function specOf(
  catalogs: Readonly<Record<string, string>>,
  packages: Readonly<Record<string, readonly [string, ...string[]]>> = {},
): Spec {
  const { spec, problems } = loadSpec(
    JSON.stringify({
      sage_yaml: HEAD,
      catalogs: Object.fromEntries(
        Object.entries(catalogs).map(([id, filename]) => {
          const file_format = filename.endsWith('.xlsx') ? { type: 'EXCEL' } : CATALOG.file_format;
          return [id, { ...CATALOG, filename, file_format }];
        }),
      ),
      packages: Object.fromEntries(
        Object.entries(packages).map(([id, [type, ...of]]) => [
          id,
          { ...PACKAGE, file_format: { type }, catalogs: of },
        ]),
      ),
    }),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return spec!;
}

const KINDS: Readonly<Record<string, Kind>> = { zip: 'zip', xlsx: 'zip', xls: 'ole', gz: 'gzip' };
const input = (name: string, kind = KINDS[name.toLowerCase().split('.').at(-1)!] ?? 'text'): Delivered => ({
  name,
  kind,
});
const chosen = ({ package: pack, catalogs, notes }: Selection) => [
  pack?.id,
  catalogs.map(({ id }) => id).join(),
  ...notes.map(({ code }) => code),
];
function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof FilesError) return error.code;
    throw error;
  }
  return undefined;
}

test('files T30: a ZIP without a ZIP package is an error, of two CSV packages the one named like the file is chosen', () => {
  const csv = specOf({ a: 'a.csv', b: 'b.csv' }, { uno: ['CSV', 'a'], dos: ['CSV', 'b'] });
  expect(codeOf(() => select(csv, [input('uno.zip')]))).toBe('PACKAGE_NOT_FOUND');
  expect(chosen(select(csv, [input('dos.csv')]))).toEqual(['dos', 'b']);
  expect(chosen(select(csv, [input('DOS.CSV')]))).toEqual(['dos', 'b']);
});

describe('one input', () => {
  const spec = specOf(
    { a: 'a.csv', b: 'b.csv', c: 'c.txt', x: 'x.xlsx' },
    { z: ['ZIP', 'a', 'b'], y: ['ZIP', 'b', 'x'], p: ['CSV', 'a'], q: ['CSV', 'b'] },
  );

  test.each([
    ['z.zip', undefined, ['z', 'a,b']],
    ['y.ZIP', undefined, ['y', 'b,x']],
    ['other.zip', undefined, ['z', 'a,b', 'SELECT_AMBIGUOUS']],
    ['b.csv', undefined, ['q', 'b']],
    ['b.csv.gz', undefined, ['q', 'b']],
    ['other.csv', undefined, ['p', 'a', 'SELECT_AMBIGUOUS']],
    ['other.csv', 'q', ['q', 'b']],
    ['other.csv', 'b', [undefined, 'b']],
    ['x.xlsx', undefined, [undefined, 'x']],
    ['other.xlsx', undefined, [undefined, 'x']],
    ['c.txt', undefined, ['p', 'a', 'SELECT_AMBIGUOUS']],
    // One file of a ZIP package that comes alone.
    ['a.csv', 'z', ['z', 'a,b']],
  ] as const)('%s with select %s', (name, wanted, expected) => {
    expect(chosen(select(spec, [input(name)], wanted))).toEqual(expected);
  });

  test.each([
    ['a.csv', 'zip', undefined, 'FILE_TYPE_MISMATCH'],
    ['a.csv', 'ole', undefined, 'FILE_TYPE_MISMATCH'],
    ['z.zip', 'text', undefined, 'FILE_TYPE_MISMATCH'],
    ['x.xlsx', 'text', undefined, 'FILE_TYPE_MISMATCH'],
    ['x.xls', 'zip', undefined, 'FILE_TYPE_MISMATCH'],
    ['a.csv.gz', 'text', undefined, 'FILE_TYPE_MISMATCH'],
    ['z.zip', 'zip', 'p', 'FILE_TYPE_MISMATCH'],
    ['x.xlsx', 'zip', 'a', 'FILE_TYPE_MISMATCH'],
    ['a.tsv', 'text', undefined, 'FILE_TYPE_UNKNOWN'],
    ['a.dat', 'text', undefined, 'FILE_TYPE_UNKNOWN'],
    ['a.csv', 'text', 'zz', 'SELECT_UNKNOWN'],
  ] as const)('%s that is %s with select %s is %s', (name, kind, wanted, code) => {
    expect(codeOf(() => select(spec, [input(name, kind)], wanted))).toBe(code);
  });

  test('a catalog may ask for any name', () => {
    const odd = specOf({ a: 'config.yaml' });
    expect(chosen(select(odd, [input('config.yaml')]))).toEqual([undefined, 'a']);
  });

  test('no package of its type: the catalog of that name, else the first of that type with a warning', () => {
    const bare = specOf({ x: 'x.xlsx', a: 'a.csv', b: 'b.csv' });
    expect(chosen(select(bare, [input('B.csv')]))).toEqual([undefined, 'b']);
    expect(chosen(select(bare, [input('other.csv')]))).toEqual([undefined, 'a', 'SELECT_AMBIGUOUS']);
  });

  test('an old or an encrypted workbook is left to the reader, which says what to do', () => {
    expect(chosen(select(spec, [input('x.xls')]))).toEqual([undefined, 'x']);
    expect(chosen(select(spec, [input('x.xlsx', 'ole')]))).toEqual([undefined, 'x']);
  });
});

describe('loose inputs', () => {
  const spec = specOf({ a: 'a.csv', b: 'b.csv', c: 'c.csv' }, { z: ['ZIP', 'a', 'b'], y: ['ZIP', 'b', 'c'] });
  const loose = (...names: readonly string[]) =>
    select(
      spec,
      names.map((name) => input(name)),
    );

  test('are the package that has them all, with what is missing', () => {
    const selection = loose('b.csv', 'C.csv');
    expect(chosen(selection)).toEqual(['y', 'b,c', 'FILE_NAME_CASE']);
    expect([...selection.files]).toEqual([
      ['b', 'b.csv'],
      ['c', 'C.csv'],
    ]);
    const wanted = select(spec, [input('a.csv'), input('other.csv')], 'z');
    expect(wanted.missing.map(({ id }) => id)).toEqual(['b']);
    expect(chosen(wanted)).toEqual(['z', 'a,b', 'FILE_EXTRA']);
  });

  test('are catalogs without package rules where no package has them all', () => {
    expect(chosen(loose('a.csv', 'c.csv'))).toEqual([undefined, 'a,c']);
  });

  test('that nothing expects, or that come with a ZIP, are refused', () => {
    expect(codeOf(() => loose('x.csv', 'y.csv'))).toBe('INPUTS_UNMATCHED');
    expect(codeOf(() => loose('a.csv', 'z.zip'))).toBe('INPUTS_MIXED');
    expect(codeOf(() => select(spec, [input('a.csv', 'zip'), input('b.csv')]))).toBe('FILE_TYPE_MISMATCH');
    expect(codeOf(() => select(spec, []))).toBe('INPUTS_UNMATCHED');
  });
});

describe('members of a ZIP', () => {
  const { catalogs } = specOf({ a: 'a.csv', b: 'b.csv' });
  const match = (...names: readonly string[]) => {
    const { files, missing, notes } = matchFiles([...catalogs.values()], names);
    return [Object.fromEntries(files), missing.map(({ id }) => id), notes.map(({ code }) => code)];
  };

  test.each([
    [['b.csv', 'a.csv'], { a: 'a.csv', b: 'b.csv' }, [], []],
    [['A.CSV', 'a.csv', 'b.csv'], { a: 'a.csv', b: 'b.csv' }, [], ['FILE_EXTRA']],
    [['A.CSV', 'b.csv'], { a: 'A.CSV', b: 'b.csv' }, [], ['FILE_NAME_CASE']],
    [['x/a.csv', 'x/b.csv'], { a: 'x/a.csv', b: 'x/b.csv' }, [], []],
    [['x/a.csv', '__MACOSX/x/._a.csv', 'x/b.csv.gz'], { a: 'x/a.csv', b: 'x/b.csv.gz' }, [], ['FILE_EXTRA']],
    [['x/a.csv', 'y/b.csv'], {}, ['a', 'b'], ['FILE_EXTRA', 'FILE_EXTRA']],
    [['x/y/a.csv'], {}, ['a', 'b'], ['FILE_EXTRA']],
    [['a.csv'], { a: 'a.csv' }, ['b'], []],
    [[], {}, ['a', 'b'], []],
  ])('%j', (names, files, missing, notes) => {
    expect(match(...names)).toEqual([files, missing, notes]);
  });
});
