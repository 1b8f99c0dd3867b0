import {
  at,
  atom,
  type Cell,
  type Language,
  lift,
  type Piece,
  POWERS,
  type Printed,
  type World,
  written,
} from './reference.ts';

/** The reference's conditions: comparisons, junctions and what asks for repetition or membership. */

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
export function points(left: string, right: string): number {
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
