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

interface Printed {
  readonly text: string;
  readonly power: number;
}

export interface Piece {
  readonly kind: Kind;
  readonly pandas: Printed | undefined;
  readonly sage: Printed | undefined;
  value(world: World): Column;
}

const ATOM = 100;
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

const atom = (text: string): Printed => ({ text, power: ATOM });
/** The text of a part that stands where only what binds tighter than `power` may stand bare. */
const at = (printed: Printed, power: number): string =>
  printed.power > power ? printed.text : `(${printed.text})`;

type Language = 'pandas' | 'sage';
/** Writes a piece of parts; undefined where a part cannot be written in that language. */
function written(
  language: Language,
  parts: readonly Piece[],
  write: (...parts: Printed[]) => Printed,
): Printed | undefined {
  const texts = parts.map((part) => part[language]);
  return texts.some((text) => text === undefined) ? undefined : write(...(texts as Printed[]));
}

const isColumn = (column: Column): column is readonly Cell[] => Array.isArray(column);

/** Cell by cell; one value goes with every row. */
function lift(world: World, parts: readonly Piece[], each: (...cells: Cell[]) => Cell): Column {
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

export type CompareSign = '==' | '!=' | '<' | '<=' | '>' | '>=';

function compared(sign: CompareSign, left: Cell, right: Cell, isTolerant: boolean, world: World): Cell {
  if (left === null || right === null) return world.nulls === 'unknown' ? null : sign === '!=';
  const equal = isEqual(left, right, isTolerant);
  if (sign === '==') return equal;
  if (sign === '!=') return !equal;
  if (typeof left === 'string' && typeof right === 'string') return ordered(sign, points(left, right), 0);
  return ordered(sign, left as number, right as number);
}

function ordered(sign: CompareSign, a: number, b: number): boolean {
  if (sign === '<') return a < b;
  if (sign === '<=') return a <= b;
  return sign === '>' ? a > b : a >= b;
}

function isEqual(left: Cell, right: Cell, isTolerant: boolean): boolean {
  if (!isTolerant)
    return left === right || (typeof left !== typeof right && !(left! < right!) && !(left! > right!));
  const [a, b] = [Number(left), Number(right)];
  if (a === b) return true;
  return (
    Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)) <= 1e-9
  );
}

/** Code point by code point. */
function points(left: string, right: string): number {
  const [a, b] = [[...left], [...right]];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? -1) - (b[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

const isTolerant = (left: Piece, right: Piece): boolean =>
  (left.kind === 'num' || right.kind === 'num') && left.kind !== 'date';

export function compare(sign: CompareSign, left: Piece, right: Piece): Piece {
  const write = (a: Printed, b: Printed): Printed => ({
    text: `${at(a, POWERS.compare + 3)} ${sign} ${at(b, POWERS.compare + 3)}`,
    power: POWERS.compare,
  });
  return {
    kind: 'bool',
    pandas: written('pandas', [left, right], write),
    sage: written('sage', [left, right], write),
    value: (world) =>
      lift(world, [left, right], (a, b) => compared(sign, a, b, isTolerant(left, right), world)),
  };
}

export function between(of: Piece, low: Piece, high: Piece): Piece {
  const power = POWERS.compare;
  return {
    kind: 'bool',
    pandas: written('pandas', [of, low, high], (a, b, c) =>
      atom(`${at(a, POWERS.sign)}.between(${b.text}, ${c.text})`),
    ),
    sage: written('sage', [of, low, high], (a, b, c) => ({
      text: `${at(a, power)} between ${at(b, power)} and ${at(c, power)}`,
      power,
    })),
    value: (world) =>
      lift(world, [of, low, high], (a, b, c) =>
        junctionOf('and', compared('>=', a, b, true, world), compared('<=', a, c, true, world), world),
      ),
  };
}

export function among(of: Piece, items: readonly Piece[]): Piece {
  const list = (language: Language) => items.map((item) => item[language]?.text).join(', ');
  const power = POWERS.compare;
  return {
    kind: 'bool',
    pandas: written('pandas', [of], (a) => atom(`${at(a, POWERS.sign)}.isin([${list('pandas')}])`)),
    sage: written('sage', [of], (a) => ({ text: `${at(a, power)} in (${list('sage')})`, power })),
    value: (world) =>
      lift(world, [of], (a) => {
        if (a === null) return world.nulls === 'unknown' ? null : false;
        return items.some((item) =>
          isEqual(a, (item.value(world) as { one: Cell }).one, isTolerant(of, item)),
        );
      }),
  };
}

function junctionOf(op: 'and' | 'or', a: Cell, b: Cell, world: World): Cell {
  const decisive = op === 'or';
  if (a === decisive || b === decisive) return decisive;
  if (world.nulls === 'unknown' && (a === null || b === null)) return null;
  return op === 'and' ? a === true && b === true : false;
}

/** `word`: written with the words also in pandas, else with `&` and `|`. */
export function junction(op: 'and' | 'or', left: Piece, right: Piece, isWord: boolean): Piece {
  const sign = op === 'and' ? '&' : '|';
  const write =
    (text: string, power: number) =>
    (a: Printed, b: Printed): Printed => ({ text: `${at(a, power - 1)} ${text} ${at(b, power)}`, power });
  return {
    kind: 'bool',
    pandas: written('pandas', [left, right], isWord ? write(op, POWERS[op]) : write(sign, POWERS[sign])),
    sage: written('sage', [left, right], write(op, POWERS[op])),
    value: (world) => lift(world, [left, right], (a, b) => junctionOf(op, a, b, world)),
  };
}

export function either(left: Piece, right: Piece): Piece {
  const power = POWERS['^'];
  return {
    kind: 'bool',
    pandas: written('pandas', [left, right], (a, b) => ({
      text: `${at(a, power - 1)} ^ ${at(b, power)}`,
      power,
    })),
    sage: undefined,
    value: (world) =>
      lift(world, [left, right], (a, b) => {
        if (world.nulls === 'unknown' && (a === null || b === null)) return null;
        return (a === true) !== (b === true);
      }),
  };
}

export function not(of: Piece, isWord: boolean): Piece {
  const tilde = (a: Printed): Printed => ({ text: `~${at(a, POWERS.sign - 1)}`, power: POWERS.sign });
  const word = (a: Printed): Printed => ({ text: `not ${at(a, POWERS.not - 1)}`, power: POWERS.not });
  return {
    kind: 'bool',
    pandas: written('pandas', [of], isWord ? word : tilde),
    sage: written('sage', [of], word),
    value: (world) =>
      lift(world, [of], (a) => (a === null ? (world.nulls === 'unknown' ? null : true) : a !== true)),
  };
}

export function isNull(of: Piece): Piece {
  return {
    kind: 'bool',
    pandas: written('pandas', [of], (a) => atom(`${at(a, POWERS.sign)}.isnull()`)),
    sage: written('sage', [of], (a) => ({ text: `${at(a, POWERS.compare)} is null`, power: POWERS.compare })),
    value: (world) => lift(world, [of], (a) => a === null),
  };
}

/** Whether the text is among the ids of clientes. */
export function known(of: Piece): Piece {
  return {
    kind: 'bool',
    pandas: undefined,
    sage: written('sage', [of], (a) => atom(`exists_in(${a.text}, clientes.k)`)),
    value: (world) => {
      const ids = world.clientes.map(([id]) => id);
      return lift(world, [of], (a) => (a === null ? null : ids.includes(a)));
    },
  };
}

export function duplicated(of: Piece, keepsFirst: boolean): Piece {
  const keep = keepsFirst ? '' : 'keep=False';
  return {
    kind: 'bool',
    pandas: written('pandas', [of], (a) => atom(`${at(a, POWERS.sign)}.duplicated(${keep})`)),
    sage: undefined,
    value: (world) => {
      const cells = of.value(world) as readonly Cell[];
      return cells.map((cell, index) => {
        const places = cells.flatMap((other, place) => (other === cell && place !== index ? [place] : []));
        return places.some((place) => !keepsFirst || place < index);
      });
    },
  };
}

export type Reduction = 'sum' | 'count' | 'min' | 'max' | 'mean' | 'nunique' | 'any' | 'all' | 'median';
const SAGE_NAMES: Partial<Record<Reduction, string>> = {
  sum: 'sum',
  count: 'count',
  min: 'min_of',
  max: 'max_of',
  mean: 'avg',
  nunique: 'distinct',
  median: 'median',
};

/** One value of all rows; `by` (sage): of the rows of the same group. `mask` (pandas): of the rows it keeps. */
export function reduction(
  name: Reduction,
  of: Piece,
  more: { readonly by?: Piece; readonly mask?: Piece } = {},
): Piece {
  const { by, mask } = more;
  const sageName = mask === undefined ? SAGE_NAMES[name] : undefined;
  const isText = of.kind === 'text';
  const kind =
    name === 'any' || name === 'all' ? 'bool' : name === 'count' || name === 'nunique' ? 'int' : undefined;
  return {
    kind: kind ?? (name === 'mean' || name === 'median' ? 'num' : isText ? 'text' : of.kind),
    pandas:
      by === undefined && name !== 'median'
        ? written('pandas', mask === undefined ? [of] : [of, mask], (a, b) =>
            atom(
              b === undefined
                ? `${at(a, POWERS.sign)}.${name}()`
                : `df[${b.text}]${a.text.replace(/^df/, '')}.${name}()`,
            ),
          )
        : undefined,
    sage:
      sageName === undefined
        ? undefined
        : written('sage', by === undefined ? [of] : [of, by], (a, b) =>
            atom(`${sageName}(${a.text}${b === undefined ? '' : ` by ${b.text}`})`),
          ),
    value: (world) => {
      const cells = of.value(world) as readonly Cell[];
      const kept = mask === undefined ? undefined : (mask.value(world) as readonly Cell[]);
      if (by === undefined) {
        return {
          one: reduced(
            name,
            of.kind,
            cells.filter((_, row) => kept === undefined || kept[row] === true),
            world,
          ),
        };
      }
      const groups = by.value(world) as readonly Cell[];
      return groups.map((group) =>
        reduced(
          name,
          of.kind,
          cells.filter((_, row) => groups[row] === group),
          world,
        ),
      );
    },
  };
}

function reduced(name: Reduction, kind: Kind, all: readonly Cell[], world: World): Cell {
  const cells = all.filter((cell) => cell !== null);
  switch (name) {
    case 'count':
      return BigInt(cells.length);
    case 'nunique':
      return BigInt(new Set(cells).size);
    case 'any':
      return cells.includes(true) || (cells.length < all.length && world.nulls === 'unknown' ? null : false);
    case 'all':
      if (cells.includes(false)) return false;
      return cells.length < all.length && world.nulls === 'unknown' ? null : true;
    case 'sum':
      return kind === 'int'
        ? cells.reduce<Cell>((a, b) => (a as bigint) + (b as bigint), 0n)
        : cells.reduce<Cell>((a, b) => (a as number) + (b as number), 0);
    case 'mean':
      return cells.length === 0 ? null : Number(reduced('sum', kind, cells, world)) / cells.length;
    case 'min':
    case 'max': {
      const sorted = [...cells].sort((a, b) => order(a, b));
      return (name === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
    }
    case 'median': {
      const sorted = cells.map(Number).sort((a, b) => a - b);
      const half = sorted.length / 2;
      if (sorted.length === 0) return null;
      return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
    }
  }
}

const order = (a: Cell, b: Cell): number =>
  typeof a === 'string' ? points(a, b as string) : Number(a! > b!) - Number(a! < b!);
