import type { Infix, Parser } from './parser.ts';
import { replaceable, unsupported } from './refusal.ts';
import type { ArithmeticSign, BinarySign, CompareSign, Comparison, Syntax, UnarySign } from './syntax.ts';
import type { Token } from './token.ts';

/** What both languages share: the powers of their operators and how values and operators are read. */

/** From loose to tight. Comparisons stand below `|`, `^` and `&`, as Python has it. */
export const POWER = {
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
  power: 12,
  postfix: 13,
} as const;

const ARITHMETIC: Readonly<Record<ArithmeticSign, number>> = {
  '+': POWER.sum,
  '-': POWER.sum,
  '*': POWER.product,
  '/': POWER.product,
  '//': POWER.product,
  '%': POWER.product,
  '**': POWER.power,
};
const isArithmetic = (text: string): text is ArithmeticSign => Object.hasOwn(ARITHMETIC, text);
const COMPARE: readonly string[] = ['==', '!=', '<', '<=', '>', '>='] satisfies CompareSign[];
const isCompare = (text: string): text is CompareSign => COMPARE.includes(text);

export const binary = (sign: BinarySign, power: number): Infix => ({
  power,
  parse: (parser, left, { at }) => ({ node: 'binary', sign, left, right: parser.expression(power), at }),
});

export const unary = (parser: Parser, sign: UnarySign, at: number, power: number): Syntax => ({
  node: 'unary',
  sign,
  of: parser.expression(power),
  at,
});

/** Operators that read alike in both languages; the words `and` and `or` among them. */
export function commonInfix(token: Token): Infix | undefined {
  const { text, kind } = token;
  if (kind === 'name') return text === 'and' || text === 'or' ? binary(text, POWER[text]) : undefined;
  if (kind !== 'operator') return undefined;
  if (text === '**') return POWERS;
  if (isArithmetic(text)) return binary(text, ARITHMETIC[text]);
  if (isCompare(text)) return CHAIN;
  const replacement = REPLACED[text];
  if (replacement !== undefined) throw replaceable(text, token.at, replacement);
  return undefined;
}

const REPLACED: Readonly<Record<string, string>> = { '=': '==', '<>': '!=', '&&': 'and', '||': 'or' };

/** Binds to the right, and takes a sign there: 2 ** -1. */
const POWERS: Infix = {
  power: POWER.power,
  parse: (parser, left, { at }) => ({
    node: 'binary',
    sign: '**',
    left,
    right: parser.expression(POWER.sign),
    at,
  }),
};

/** `a < b < c` is one chain. */
const CHAIN: Infix = {
  power: POWER.compare,
  parse: (parser, first, token) => {
    const rest: Comparison[] = [];
    for (let sign = token; ; sign = parser.take()) {
      if (!isCompare(sign.text)) throw parser.unexpected(sign);
      const right = parser.expression(POWER.compare);
      for (const operand of [first, right]) refuseBits(operand);
      rest.push({ sign: sign.text, right, at: sign.at });
      if (parser.peek().kind !== 'operator' || !isCompare(parser.peek().text)) break;
    }
    return { node: 'compare', first, rest, at: first.at };
  },
};

/** `a > 0 & b > 0` compares with `0 & b`: nobody means that. */
function refuseBits(operand: Syntax): void {
  if (operand.node !== 'binary' || operand.isEnclosed === true) return;
  if (operand.sign === '&' || operand.sign === '|' || operand.sign === '^') {
    throw unsupported(operand.sign, operand.at, 'RULE_HINT_PARENTHESES');
  }
}

/** A number or a text. */
export function literal(token: Token): Syntax | undefined {
  const { kind, text, at } = token;
  if (kind === 'text') return { node: 'value', value: text, isWhole: false, at };
  if (kind !== 'number') return undefined;
  const isWhole = /^[0-9]+$/.test(text);
  const number = Number(text);
  const value = isWhole && !Number.isSafeInteger(number) ? BigInt(text) : number;
  return { node: 'value', value, isWhole, at };
}

/** What stands between parentheses: one expression, or a list of several. */
export function enclosed(parser: Parser, at: number): Syntax {
  const start = parser.peek();
  const items = parser.items(')', isPlainList(parser));
  const [only] = items;
  if (only === undefined) throw parser.unexpected(start);
  const hasComma = parser.is(',', -2);
  if (items.length === 1 && !hasComma) return { ...only, isEnclosed: true };
  return { node: 'list', items, at };
}

/** Whether only values and commas stand up to the closing parenthesis: then they are not counted as nodes. */
export function isPlainList(parser: Parser): boolean {
  for (let ahead = 0; ; ahead += 1) {
    const { kind, text } = parser.peek(ahead);
    if (kind === 'end') return false;
    if (kind === 'operator') {
      if (text === ')' || text === ']') return ahead > 1;
      if (text !== ',' && text !== '-') return false;
    }
  }
}
