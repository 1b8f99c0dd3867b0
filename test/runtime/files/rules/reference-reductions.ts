import { at, atom, type Cell, type Kind, type Piece, POWERS, type World, written } from './reference.ts';
import { points } from './reference-logic.ts';

/** The reference's aggregates. */

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
