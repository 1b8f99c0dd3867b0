/**
 * The rule language a second time, for tests only: naive, whole columns at a time, whole numbers always as bigint. It
 * is written from the contract and shares nothing with the compiler: each piece knows how it is written in both
 * languages and what it is worth.
 */

export type Cell = bigint | number | string | boolean | null;
export type Kind = 'int' | 'num' | 'text' | 'date' | 'bool';

export interface World {
  /** `false`: a comparison with null is false, as in pandas; `unknown`: three-valued. */
  readonly nulls: 'false' | 'unknown';
  readonly ventas: readonly (readonly Cell[])[];
  readonly clientes: readonly (readonly Cell[])[];
}

/** One cell for each row of ventas, or one for all. */
export type Column = readonly Cell[] | { readonly one: Cell };

export interface Printed {
  readonly text: string;
  readonly power: number;
}

export interface Piece {
  readonly kind: Kind;
  readonly pandas: Printed | undefined;
  readonly sage: Printed | undefined;
  value(world: World): Column;
}

export const ATOM = 100;
export const POWERS = {
  if: 1,
  or: 2,
  and: 3,
  not: 4,
  compare: 5,
  '|': 6,
  '^': 7,
  '&': 8,
  sum: 9,
  product: 10,
  sign: 11,
} as const;

export const atom = (text: string): Printed => ({ text, power: ATOM });
/** The text of a part that stands where only what binds tighter than `power` may stand bare. */
export const at = (printed: Printed, power: number): string =>
  printed.power > power ? printed.text : `(${printed.text})`;

export type Language = 'pandas' | 'sage';
/** Writes a piece of parts; undefined where a part cannot be written in that language. */
export function written(
  language: Language,
  parts: readonly Piece[],
  write: (...parts: Printed[]) => Printed,
): Printed | undefined {
  const texts = parts.map((part) => part[language]);
  return texts.some((text) => text === undefined) ? undefined : write(...(texts as Printed[]));
}

const isColumn = (column: Column): column is readonly Cell[] => Array.isArray(column);

/** Cell by cell; one value goes with every row. */
export function lift(world: World, parts: readonly Piece[], each: (...cells: Cell[]) => Cell): Column {
  const columns = parts.map((part) => part.value(world));
  const cell = (column: Column, row: number): Cell => (isColumn(column) ? (column[row] as Cell) : column.one);
  if (!columns.some(isColumn)) return { one: each(...columns.map((column) => cell(column, 0))) };
  return world.ventas.map((_, row) => each(...columns.map((column) => cell(column, row))));
}

export const isOfRows = (piece: Piece): boolean =>
  isColumn(piece.value({ nulls: 'false', ventas: [], clientes: [] }));

export function col(name: string, index: number, kind: Kind): Piece {
  return {
    kind,
    pandas: atom(`df['${name}']`),
    sage: atom(name),
    value: ({ ventas }) => ventas.map((row) => row[index] as Cell),
  };
}

export function literal(value: Exclude<Cell, null>, kind: Kind): Piece {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const number = kind === 'num' && !text.includes('.') ? `${text}.0` : text;
  const power = number.startsWith('-') ? POWERS.sign : ATOM;
  const python = kind === 'bool' ? (value ? 'True' : 'False') : number;
  return {
    kind,
    pandas: { text: python, power },
    sage: { text: number, power },
    value: () => ({ one: value }),
  };
}

/** A date is written as text, and only beside a date. */
export function dateLiteral(text: string): Piece {
  return {
    kind: 'date',
    pandas: atom(`'${text}'`),
    sage: atom(`'${text}'`),
    value: () => ({ one: Date.parse(`${text}Z`) }),
  };
}

type Sign = '+' | '-' | '*' | '/' | '//' | '%';

export function arithmetic(sign: Sign, left: Piece, right: Piece): Piece {
  const power = sign === '+' || sign === '-' ? POWERS.sum : POWERS.product;
  const write = (a: Printed, b: Printed): Printed => ({
    text: `${at(a, power - 1)} ${sign} ${at(b, power)}`,
    power,
  });
  const isWhole = left.kind === 'int' && right.kind === 'int' && sign !== '/';
  return {
    kind: isWhole ? 'int' : 'num',
    pandas: written('pandas', [left, right], write),
    sage: written('sage', [left, right], write),
    value: (world) =>
      lift(world, [left, right], (a, b) => {
        if (a === null || b === null) return null;
        const exact = typeof a === 'bigint' && typeof b === 'bigint' && isWhole;
        if (exact && !((sign === '//' || sign === '%') && b === 0n)) return wholeResult(sign, a, b);
        const result = decimalResult(sign, Number(a), Number(b));
        return Number.isNaN(result) ? null : result;
      }),
  };
}

function wholeResult(sign: Sign, a: bigint, b: bigint): bigint {
  if (sign === '+') return a + b;
  if (sign === '-') return a - b;
  if (sign === '*') return a * b;
  const modulo = ((a % b) + b) % b;
  return sign === '%' ? modulo : (a - modulo) / b;
}

function decimalResult(sign: Sign, a: number, b: number): number {
  if (sign === '+') return a + b;
  if (sign === '-') return a - b;
  if (sign === '*') return a * b;
  if (sign === '/') return a / b;
  const rest = a % b;
  const modulo = rest !== 0 && Math.sign(rest) !== Math.sign(b) ? rest + b : rest;
  if (sign === '%') return modulo;
  if (b === 0 || !Number.isFinite(a) || !Number.isFinite(b)) return Math.floor(a / b);
  return Math.round((a - modulo) / b);
}

export function negative(of: Piece): Piece {
  const write = (a: Printed): Printed => ({ text: `-${at(a, POWERS.sign - 1)}`, power: POWERS.sign });
  return {
    kind: of.kind,
    pandas: written('pandas', [of], write),
    sage: written('sage', [of], write),
    value: (world) => lift(world, [of], (a) => (a === null ? null : -(a as number))),
  };
}

/** A function or a method of one or more parts; undefined where the language has none. */
export function call(
  kind: Kind,
  parts: readonly Piece[],
  names: { readonly pandas?: (...texts: string[]) => string; readonly sage?: (...texts: string[]) => string },
  each: (...cells: Exclude<Cell, null>[]) => Cell,
): Piece {
  const write =
    (name: (...texts: string[]) => string) =>
    (...texts: Printed[]): Printed =>
      atom(name(...texts.map((text) => (name === names.pandas ? at(text, POWERS.sign) : text.text))));
  return {
    kind,
    pandas: names.pandas && written('pandas', parts, write(names.pandas)),
    sage: names.sage && written('sage', parts, write(names.sage)),
    value: (world) =>
      lift(world, parts, (...cells) =>
        cells.some((cell) => cell === null) ? null : each(...(cells as Exclude<Cell, null>[])),
      ),
  };
}

/** The written number, half away from zero. */
export function roundUp(value: Cell, digits: number): Cell {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  const [whole = '0', fraction = ''] = plain(Math.abs(value)).split('.');
  const scaled = BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
  const rounded = scaled + ((fraction[digits] ?? '0') >= '5' ? 1n : 0n);
  return (Math.sign(value) * Number(rounded)) / 10 ** digits;
}

const plain = (value: number): string => (String(value).includes('e') ? value.toFixed(30) : String(value));

/** Half to even, of a number whose scaled value is exact; what comes from below zero keeps its sign. */
export function roundEven(value: Cell, digits: number): Cell {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  const scaled = value * 10 ** digits;
  const below = Math.floor(scaled);
  const distance = scaled - below;
  const nearest = distance < 0.5 ? below : distance > 0.5 ? below + 1 : below % 2 === 0 ? below : below + 1;
  return nearest === 0 && value < 0 ? -0 : nearest / 10 ** digits;
}

/** The first that is there: fillna, coalesce. */
export function filled(of: Piece, by: Piece): Piece {
  const kind = of.kind === by.kind ? of.kind : 'num';
  return {
    kind,
    pandas: written('pandas', [of, by], (a, b) => atom(`${at(a, POWERS.sign)}.fillna(${b.text})`)),
    sage: written('sage', [of, by], (a, b) => atom(`coalesce(${a.text}, ${b.text})`)),
    value: (world) => lift(world, [of, by], (a, b) => a ?? b),
  };
}

export function choice(test: Piece, then: Piece, otherwise: Piece): Piece {
  const power = POWERS.if;
  return {
    kind: then.kind === otherwise.kind ? then.kind : 'num',
    pandas: written('pandas', [test, then, otherwise], (a, b, c) => ({
      text: `${at(b, power)} if ${at(a, power)} else ${at(c, power - 1)}`,
      power,
    })),
    sage: written('sage', [test, then, otherwise], (a, b, c) => ({
      text: `${at(a, power)} ? ${at(b, power - 1)} : ${at(c, power - 1)}`,
      power,
    })),
    value: (world) =>
      lift(world, [test, then, otherwise], (a, b, c) =>
        a === null && world.nulls === 'unknown' ? null : a === true ? b : c,
      ),
  };
}
