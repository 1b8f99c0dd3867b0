import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFilesCode, LOCALES, say } from '../../../../runtime/files/messages.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { documentOf } from './documents.ts';

/** Whatever text comes in: an answer in words, never an error thrown, never a wait. */

function answers(text: string): void {
  const { spec, problems } = loadSpec(text);
  const lines = text.split('\n').length;
  if (!spec) expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
  for (const { code, at, values } of problems) {
    expect(isFilesCode(code)).toBe(true);
    expect(at.line).toBeGreaterThanOrEqual(1);
    expect(at.line).toBeLessThanOrEqual(lines + 1);
    expect(at.column).toBeGreaterThanOrEqual(1);
    // Every place of the text has its value.
    for (const locale of LOCALES) expect(say(locale, code, values)).toBeTruthy();
  }
}

const SEED = 20261127;
const documents = [
  documentOf({ catalog: { row_validation: [{ name: 'r', description: 'd', rule: 'id > 1' }] } }),
  readFileSync('test/runtime/files/fixtures/inventario.yaml', 'utf8'),
  readFileSync('examples/files/pedidos-diarios.yaml', 'utf8'),
];
const SCRAPS = [
  ...'[]{}:,-?#&*!|>\'"%@`\t\n\r\\ ~=<',
  ...[
    '\u0000',
    '\u2028',
    '\ud800',
    '\ufeff',
    '😀',
    '  ',
    '---\n',
    '...\n',
    '- ',
    '? ',
    ': ',
    '&a ',
    '*a',
    '!!map ',
    '!x ',
    '<<: ',
    '|\n',
    '>-\n',
  ],
  ...[
    'null',
    'true',
    '__proto__',
    'constructor',
    '1e999',
    '.nan',
    '-.inf',
    '0x1F',
    '99999999999999999999',
    '2024-02-30',
    'catalogs:',
    'packages:',
    'type: ',
    '"\\',
    '[[[[[[',
  ],
];

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  scrap: fc.constantFrom(...SCRAPS),
  kind: fc.constantFrom('insert', 'replace', 'delete', 'repeat', 'cut'),
});

function changed(
  text: string,
  { at, length, scrap, kind }: { at: number; length: number; scrap: string; kind: string },
): string {
  const start = Math.floor(at * text.length);
  const [before, after] = [text.slice(0, start), text.slice(start)];
  switch (kind) {
    case 'insert':
      return before + scrap + after;
    case 'replace':
      return before + scrap + after.slice(length);
    case 'delete':
      return before + after.slice(length);
    case 'repeat':
      return before + after.slice(0, length) + after;
    default:
      return before;
  }
}

test('documents with slips of the pen are answered', () => {
  const slips = fc.tuple(fc.constantFrom(...documents), fc.array(change, { minLength: 1, maxLength: 4 }));
  fc.assert(
    fc.property(slips, ([text, changes]) => answers(changes.reduce(changed, text))),
    { seed: SEED, numRuns: 800 },
  );
});

test('any value in any place is answered', () => {
  const paths = [...placesOf(JSON.parse(documents[0] ?? ''))];
  const odd = fc.oneof(
    fc.constantFrom(
      null,
      [],
      {},
      '',
      ' ',
      0,
      -1,
      1e300,
      true,
      [null],
      { a: {} },
      'x'.repeat(5_000),
      '../a',
      '\n',
      '\u0007',
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), odd, (path, value) => {
      const document = JSON.parse(documents[0] ?? '');
      const holder = path.slice(0, -1).reduce((node, step) => node[step], document);
      holder[path.at(-1) ?? ''] = value;
      answers(JSON.stringify(document));
    }),
    { seed: SEED, numRuns: 800 },
  );
});

function* placesOf(node: object, path: readonly string[] = []): Generator<readonly string[]> {
  for (const [key, value] of Object.entries(node)) {
    yield [...path, key];
    if (typeof value === 'object' && value !== null) yield* placesOf(value, [...path, key]);
  }
}

describe('texts made to be slow or deep', () => {
  // Time grows with the length alone, so a part of what is allowed shows it.
  const LENGTH = 65_536;
  const filled = (part: string, head = '', tail = '') =>
    head + part.repeat(Math.floor((LENGTH - head.length - tail.length) / part.length)) + tail;

  test.each([
    ...['[', '{', '- ', '? ', '[? ', 'a: ', '{a: ', ': ', '[,'].map((part) => [part, filled(part)]),
    ...[
      '"',
      "'",
      '&a ',
      '!a ',
      '*a ',
      '}',
      ']',
      'a: [b\n',
      '---\n',
      '%YAML 1.2\n',
      '\t',
      '@',
      '\r',
      '|\n ',
    ].map((part) => [part, filled(part)]),
    ['a: "\\', filled('\\\n', 'a: "', '"')],
    ['items of one list', filled('a,', '[', ']')],
    ['one key again and again', filled('a:\n')],
    [
      'lines deeper and deeper',
      Array.from({ length: 1_400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    ],
    ['one long key', `${'k'.repeat(LENGTH - 4)}: 1`],
    ['one long id', documentOf().replace('"a":', `"${'k'.repeat(LENGTH - 1_000)}":`)],
  ])(
    '%j',
    (_, text) => {
      answers(text);
    },
    30_000,
  );
});
