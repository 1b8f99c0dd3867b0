import { RULE_LIMITS } from '../limits.ts';
import { textMatcher } from '../pattern.ts';
import type { TreeOf } from '../tree.ts';
import type { Compiler, Eval } from './compiler.ts';

/** Texts: lengths and places count code points, and no result is longer than the limit. */

const LIMIT = RULE_LIMITS.textLength;

export function length(compiler: Compiler, tree: TreeOf<'length'>): Eval<number> {
  const of = compiler.text(tree.of);
  return (row, context, gathered) => {
    const text = of(row, context, gathered);
    return text === null ? null : codePoints(text);
  };
}

function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if (isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1))) count -= 1;
  }
  return count;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

export function concat(compiler: Compiler, tree: TreeOf<'concat'>): Eval<string> {
  const left = compiler.text(tree.left);
  const right = compiler.text(tree.right);
  return (row, context, gathered) => {
    const a = left(row, context, gathered);
    const b = right(row, context, gathered);
    if (a === null || b === null) return null;
    if (a.length + b.length > LIMIT) throw compiler.fail('RULE_REASON_TEXT', context);
    return a + b;
  };
}

type Operation = (text: string, args: readonly (string | number)[]) => string | undefined;

/** Undefined: the result would be too long. */
const OPERATIONS: Readonly<Record<TreeOf<'text'>['name'], Operation>> = {
  lower: (text) => (text.length > LIMIT ? undefined : text.toLowerCase()),
  upper: (text) => (text.length > LIMIT ? undefined : text.toUpperCase()),
  trim: (text) => text.trim(),
  replace: (text, [old, by]) => replaceAll(text, String(old), String(by)),
  substr: (text, [start, count]) =>
    part(text, Number(start), count === undefined ? text.length : Number(count)),
};

export function textFunction(compiler: Compiler, tree: TreeOf<'text'>): Eval<string> {
  const of = compiler.text(tree.of);
  const args = tree.args.map((arg) => compiler.value(arg) as Eval<string | number>);
  const operate = OPERATIONS[tree.name];
  return (row, context, gathered) => {
    const text = of(row, context, gathered);
    if (text === null) return null;
    const given: (string | number)[] = [];
    for (const arg of args) {
      const value = arg(row, context, gathered);
      if (value === null) return null;
      given.push(value);
    }
    const result = operate(text, given);
    if (result === undefined || result.length > LIMIT) throw compiler.fail('RULE_REASON_TEXT', context);
    return result;
  };
}

/** The length is known before the text is made. */
function replaceAll(text: string, old: string, by: string): string | undefined {
  if (old === '' || text.length > 16 * LIMIT) return old === '' ? text : undefined;
  const parts = text.split(old);
  const units = text.length + (parts.length - 1) * (by.length - old.length);
  return units > LIMIT ? undefined : parts.join(by);
}

/** From the `start`th character, counted from 1. */
function part(text: string, start: number, count: number): string {
  const from = Math.max(0, start - 1);
  const to = from + Math.max(0, count);
  if (codePoints(text) === text.length) return text.slice(from, to);
  return [...text].slice(from, to).join('');
}

const TESTS: Readonly<Record<TreeOf<'textTest'>['name'], (text: string, piece: string) => boolean>> = {
  startsWith: (text, piece) => text.startsWith(piece),
  endsWith: (text, piece) => text.endsWith(piece),
  includes: (text, piece) => text.includes(piece),
};

export function textTest(compiler: Compiler, tree: TreeOf<'textTest'>): Eval<boolean> {
  const of = compiler.text(tree.of);
  const arg = compiler.text(tree.arg);
  const test = TESTS[tree.name];
  return (row, context, gathered) => {
    const text = of(row, context, gathered);
    const piece = arg(row, context, gathered);
    return text === null || piece === null ? null : test(text, piece);
  };
}

export function pattern(compiler: Compiler, tree: TreeOf<'pattern'>): Eval<boolean> {
  const of = compiler.text(tree.of);
  const matches = textMatcher(tree.pattern, tree.mode, tree.ignoresCase);
  if (matches === undefined) throw new Error('a pattern that was checked does not compile');
  return (row, context, gathered) => {
    const text = of(row, context, gathered);
    return text === null ? null : matches(text);
  };
}
