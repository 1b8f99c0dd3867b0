import type { Tree } from './tree.ts';

/** The same text for trees that mean the same, wherever they stand in the expression. */
export function keyOfTree(tree: Tree): string {
  return JSON.stringify(tree, (name, value: unknown) => {
    if (name === 'at') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    return Object.is(value, -0) ? '-0' : value;
  });
}
