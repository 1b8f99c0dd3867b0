import fc from 'fast-check';
import {
  arithmetic,
  type Cell,
  call,
  choice,
  col,
  dateLiteral,
  filled,
  isOfRows,
  literal,
  negative,
  type Piece,
  roundEven,
  roundUp,
  type World,
} from './reference.ts';
import {
  among,
  between,
  type CompareSign,
  compare,
  duplicated,
  either,
  isNull,
  junction,
  known,
  not,
} from './reference-logic.ts';
import { reduction } from './reference-reductions.ts';
import { catalog, day, field, spec } from './world.ts';

/** What the differential test is made of: generated rows, and generated conditions on them. */

const ventas = catalog('ventas', [
  field('a', 'entero'),
  field('b', 'entero'),
  field('x', 'decimal'),
  field('y', 'decimal'),
  field('s', 'texto'),
  field('t', 'texto'),
  field('d', 'fecha'),
  field('f', 'booleano'),
]);
export const document = spec([ventas, catalog('clientes', [field('k', 'texto')])]);

const [a, b] = [col('a', 0, 'int'), col('b', 1, 'int')];
const [x, y] = [col('x', 2, 'num'), col('y', 3, 'num')];
const [s, t] = [col('s', 4, 'text'), col('t', 5, 'text')];
const [d, f] = [col('d', 6, 'date'), col('f', 7, 'bool')];

export const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'Ab',
  ' ab ',
  'aab',
  'ñandú',
  'ÑANDÚ',
  '\uffff',
  '\u{10000}',
  '12',
  "d'a",
];
const DAYS = ['2023-12-31', '2024-01-01', '2024-02-29', '2024-02-29T13:30:00', '2025-03-01'];
const whole = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(-6n, 6n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 3n) },
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 70n), 2n ** 70n) },
);
const decimal = fc.integer({ min: -24, max: 24 }).map((quarters) => quarters / 4);
export const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 4, nil: null });

const row: fc.Arbitrary<readonly Cell[]> = fc.tuple(
  nullable(whole),
  nullable(whole),
  nullable(decimal),
  nullable(decimal),
  nullable(fc.constantFrom(...TEXTS)),
  nullable(fc.constantFrom(...TEXTS)),
  nullable(fc.constantFrom(...DAYS).map(day)),
  nullable(fc.boolean()),
);
export const rows = fc.array(row, { maxLength: 7 });

const upper = (text: string) => text.toUpperCase();
const trimmed = (text: string) => text.replace(/^\s+|\s+$/g, '');

export const { bool } = fc.letrec<{ num: Piece; text: Piece; date: Piece; bool: Piece }>((tie) => ({
  num: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(a, b, x, y),
    fc.bigInt(-5n, 20n).map((value) => literal(value, 'int')),
    decimal.map((value) => literal(value, 'num')),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/', '//', '%'), tie('num'), tie('num'))
      .map(([sign, left, right]) => arithmetic(sign as '+', left, right)),
    tie('num').map(negative),
    tie('num').map((of) =>
      call(of.kind, [of], { pandas: (of) => `abs(${of})`, sage: (of) => `abs(${of})` }, (n) =>
        Number(n) < 0 ? -(n as number) : n,
      ),
    ),
    fc.tuple(fc.constantFrom(x, y), fc.nat(2)).map(([of, digits]) =>
      fork(
        call('num', [of], { pandas: (of) => `${of}.round(${digits})` }, (n) => roundEven(n, digits)),
        call('num', [of], { sage: (of) => `round(${of}, ${digits})` }, (n) => roundUp(n, digits)),
      ),
    ),
    fc
      .constantFrom(x, y)
      .map((of) => call('int', [of], { sage: (of) => `floor(${of})` }, (n) => BigInt(Math.floor(Number(n))))),
    fc
      .tuple(tie('num'), tie('num'))
      .map(([left, right]) =>
        call(
          left.kind === right.kind ? left.kind : 'num',
          [left, right],
          { sage: (a, b) => `max(${a}, ${b})` },
          (m, n) => (m < n ? n : m),
        ),
      ),
    tie('text').map((of) =>
      call('int', [of], strings(of, 'len', 'len'), (text) => BigInt([...String(text)].length)),
    ),
    fc.tuple(fc.constantFrom(a, b, x, y), tie('num')).map(([of, by]) => filled(of, by)),
    fc
      .tuple(tie('bool'), tie('num'), tie('num'))
      .map(([test, then, otherwise]) => choice(test, then, otherwise)),
    fc
      .tuple(
        fc.constantFrom('sum', 'count', 'min', 'max', 'mean', 'nunique', 'median'),
        fc.constantFrom(a, b, x, y),
      )
      .map(([name, of]) => reduction(name as 'sum', of)),
    fc
      .tuple(
        fc.constantFrom('sum', 'count', 'max', 'nunique'),
        fc.constantFrom(a, x),
        fc.constantFrom(s, f, b),
      )
      .map(([name, of, by]) => reduction(name as 'sum', of, { by })),
    fc
      .tuple(
        fc.constantFrom('sum', 'count', 'max', 'nunique'),
        fc.constantFrom(a, x),
        tie('bool').filter(isOfRows),
      )
      .map(([name, of, mask]) => reduction(name as 'sum', of, { mask })),
    fc.constant(
      call('int', [d], { sage: (d) => `year(${d})` }, (at) => BigInt(new Date(Number(at)).getUTCFullYear())),
    ),
    fc.constant(
      call('int', [d], { sage: (d) => `weekday(${d})` }, (at) =>
        BigInt(new Date(Number(at)).getUTCDay() || 7),
      ),
    ),
  ),
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(s, t),
    fc.constantFrom('a', 'b', 'ab', ' ', '\u{10000}').map((value) => literal(value, 'text')),
    tie('text').map((of) => call('text', [of], strings(of, 'upper', 'upper'), (text) => upper(String(text)))),
    tie('text').map((of) =>
      call('text', [of], strings(of, 'strip', 'trim'), (text) => trimmed(String(text))),
    ),
    tie('text').map((of) =>
      call('text', [of], { sage: (of) => `substr(${of}, 2, 2)` }, (text) =>
        [...String(text)].slice(1, 3).join(''),
      ),
    ),
    tie('text').map((of) =>
      call('text', [of], { sage: (of) => `replace(${of}, 'a', 'bb')` }, (text) =>
        String(text).replace(/a/g, 'bb'),
      ),
    ),
    fc.tuple(fc.constantFrom(s, t), tie('text')).map(([of, by]) => filled(of, by)),
  ),
  date: fc.constantFrom(d),
  bool: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('num'), tie('num'))
      .map(([sign, left, right]) => compare(sign as CompareSign, left, right)),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('text'), tie('text'))
      .map(([sign, left, right]) => compare(sign as CompareSign, left, right)),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.constantFrom(...DAYS))
      .map(([sign, text]) => compare(sign as CompareSign, d, dateLiteral(text))),
    fc.constant(f),
    fc.boolean().map((value) => literal(value, 'bool')),
    fc
      .tuple(fc.constantFrom(a, b, x, y), tie('num'), tie('num'))
      .map(([of, low, high]) => between(of, low, high)),
    fc
      .tuple(
        fc.constantFrom(a, b, x, y),
        fc.array(
          fc.oneof(
            whole.map((value) => literal(value, 'int')),
            decimal.map((value) => literal(value, 'num')),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      )
      .map(([of, items]) => among(of, items)),
    fc
      .tuple(tie('text').filter(isOfRows), fc.subarray(['a', 'b', 'ab', 'AB'], { minLength: 1 }))
      .map(([of, items]) =>
        among(
          of,
          items.map((item) => literal(item, 'text')),
        ),
      ),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('bool'), tie('bool'), fc.boolean())
      .map(([op, left, right, isWord]) => junction(op, left, right, isWord)),
    fc.tuple(tie('bool'), tie('bool')).map(([left, right]) => either(left, right)),
    fc.tuple(tie('bool'), fc.boolean()).map(([of, isWord]) => not(of, isWord)),
    fc.oneof(tie('num').filter(isOfRows), tie('text').filter(isOfRows), fc.constant(d)).map(isNull),
    fc.constantFrom(s, t).map(known),
    fc.tuple(fc.constantFrom(a, x, s, d), fc.boolean()).map(([of, keepsFirst]) => duplicated(of, keepsFirst)),
    fc
      .tuple(fc.constantFrom('any' as const, 'all' as const), tie('bool').filter(isOfRows))
      .map(([name, of]) => reduction(name, of)),
    fc.tuple(tie('text').filter(isOfRows), fc.constantFrom('a', 'b', '')).map(([of, piece]) =>
      call(
        'bool',
        [of],
        {
          pandas: (of) => `${of}.str.startswith('${piece}')`,
          sage: (of) => `starts_with(${of}, '${piece}')`,
        },
        (text) => String(text).startsWith(piece),
      ),
    ),
    tie('text')
      .filter(isOfRows)
      .map((of) =>
        call(
          'bool',
          [of],
          { pandas: (of) => `${of}.str.fullmatch('a*b')`, sage: (of) => `matches(${of}, 'a*b')` },
          (text) =>
            [...String(text)].every((c, at, all) => c === (at === all.length - 1 ? 'b' : 'a')) && text !== '',
        ),
      ),
    tie('text')
      .filter(isOfRows)
      .map((of) =>
        call('bool', [of], { pandas: (of) => `${of}.str.match('a')` }, (text) =>
          String(text).startsWith('a'),
        ),
      ),
    tie('text')
      .filter(isOfRows)
      .map((of) =>
        call('bool', [of], { pandas: (of) => `${of}.str.contains('b$')` }, (text) =>
          String(text).endsWith('b'),
        ),
      ),
  ),
}));

/** pandas has `.str` for columns only. */
function strings(of: Piece, method: string, name: string) {
  const sage = (text: string) => `${name}(${text})`;
  return isOfRows(of) ? { pandas: (text: string) => `${text}.str.${method}()`, sage } : { sage };
}

/** Two meanings of one thing, each written in its own language. */
function fork(pandas: Piece, sage: Piece): Piece {
  return {
    kind: pandas.kind,
    pandas: pandas.pandas,
    sage: sage.sage,
    value: (world) => (inSage.has(world) ? sage : pandas).value(world),
  };
}
export const inSage = new WeakSet<World>();
