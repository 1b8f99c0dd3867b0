import type { Catalog } from '../spec/types.ts';
import { unsupported } from './refusal.ts';
import { homeOf } from './scope.ts';
import type { Tree } from './tree.ts';
import { keyOfTree } from './tree-key.ts';

/** What an expression of the pandas subset can stand for while it is read. */
export type PandasValue = Column | Frame | Package | ListValue | Part | Module;

/** A column, or one value; `mask` is the rows that a filter left. */
export interface Column {
  readonly type: 'column';
  readonly tree: Tree;
  readonly mask: Tree | undefined;
}

/** A catalog's rows, with all its columns or some, or with columns made of them. */
export interface Frame {
  readonly type: 'frame';
  readonly catalog: Catalog;
  readonly columns: readonly Tree[];
  readonly mask: Tree | undefined;
}

/** `df` of a package rule. */
interface Package {
  readonly type: 'package';
}

interface ListValue {
  readonly type: 'list';
  readonly items: readonly Tree[];
}

/** Something of a frame or a column that only goes further: `.shape`, `.columns`, `.str`. */
interface Part {
  readonly type: 'shape' | 'columns' | 'str';
  readonly of: Frame | Column;
}

interface Module {
  readonly type: 'pd';
}

export const column = (tree: Tree, mask?: Tree): Column => ({ type: 'column', tree, mask });

/** The filter that several columns share. Rows of different filters do not stand side by side. */
export function commonMask(columns: readonly Column[], at: number): Tree | undefined {
  homeOf(
    columns.map(({ tree }) => tree),
    at,
  );
  const rows = columns.filter(({ tree }) => tree.home !== undefined);
  const masks = new Set(rows.map(({ mask }) => (mask === undefined ? '' : keyOfTree(mask))));
  if (masks.size > 1) throw unsupported('df[…]', at, 'RULE_HINT_MASKS');
  return rows[0]?.mask;
}
