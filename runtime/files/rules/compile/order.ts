import type { Value } from '../../spec/types.ts';
import type { Kind } from '../tree.ts';

/** Whether one text stands before another by code points; UTF-16 units alone would put U+FFFF after U+10000. */
export function isTextBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return rank(left) < rank(right);
  }
  return a.length < b.length;
}

/** Surrogates stand for what comes after every other unit. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

export function beforeOf(kind: Kind): (a: Value, b: Value) => boolean {
  if (kind === 'text') return (a, b) => isTextBefore(a as string, b as string);
  return (a, b) => (a as number) < (b as number);
}
