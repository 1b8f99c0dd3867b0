import { binary, commonInfix, enclosed, isPlainList, literal, POWER, unary } from './grammar.ts';
import type { Grammar, Infix, Parser } from './parser.ts';
import { replaceable, unsupported } from './refusal.ts';
import type { Syntax } from './syntax.ts';
import type { Token } from './token.ts';

/** Python's own grammar, as far as the pandas subset goes (contract files §5.2). */
export const PANDAS_GRAMMAR: Grammar = { language: 'pandas', prefix, infix };

const CONSTANTS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
/** Words of Python that begin or join something never allowed, and the words of operators. */
const REFUSED = new Set(
  'lambda import from for while def class with try raise return yield await async global del assert exec eval'.split(
    ' ',
  ),
);

function prefix(parser: Parser, token: Token): Syntax {
  const { kind, text, at } = token;
  const value = literal(token);
  if (value !== undefined) return value;
  if (kind === 'name') return word(parser, token);
  if (kind !== 'operator') throw parser.unexpected(token);
  if (text === '(') return enclosed(parser, at);
  if (text === '[') return { node: 'list', items: parser.items(']', isPlainList(parser)), at };
  if (text === '-' || text === '+' || text === '~') return unary(parser, text, at, POWER.sign);
  throw parser.unexpected(token);
}

function word(parser: Parser, token: Token): Syntax {
  const { text, at } = token;
  if (text === 'not') return unary(parser, 'not', at, POWER.not);
  const constant = Object.hasOwn(CONSTANTS, text) ? CONSTANTS[text] : undefined;
  if (constant !== undefined) return { node: 'value', value: constant, isWhole: false, at };
  if (text.startsWith('_') || REFUSED.has(text) || isOperatorWord(text)) throw unsupported(text, at);
  return { node: 'name', name: text, at };
}

const isOperatorWord = (text: string): boolean => ['and', 'or', 'in', 'is', 'if', 'else'].includes(text);

function infix(token: Token, parser: Parser): Infix | undefined {
  const { kind, text, at } = token;
  if (kind === 'name') {
    if (text === 'if') return CONDITION;
    if (text === 'in') return among(false);
    if (text === 'not' && parser.is('in', 1)) return among(true);
    if (text === 'is') throw replaceable(text, at, '.isnull()');
  }
  if (kind === 'operator') {
    if (text === '&' || text === '|' || text === '^') return binary(text, POWER[text]);
    if (text === '.') return ATTRIBUTE;
    if (text === '(') return CALL;
    if (text === '[') return ITEM;
  }
  return commonInfix(token);
}

const CONDITION: Infix = {
  power: POWER.if,
  parse: (parser, then, { at }) => {
    const test = parser.expression(POWER.if);
    parser.expect('else');
    return { node: 'if', test, then, otherwise: parser.expression(0), at };
  },
};

const among = (isNegated: boolean): Infix => ({
  power: POWER.compare,
  parse: (parser, of, { at }) => {
    if (isNegated) parser.take();
    return { node: 'among', of, list: parser.expression(POWER.compare), isNegated, at };
  },
});

const ATTRIBUTE: Infix = {
  power: POWER.postfix,
  parse: (parser, of) => {
    const { kind, text, at } = parser.take();
    if (kind !== 'name' || text.startsWith('_')) throw unsupported(`.${text}`, at);
    return { node: 'attribute', of, name: text, at };
  },
};

const CALL: Infix = {
  power: POWER.postfix,
  parse: (parser, of) => {
    const args: Syntax[] = [];
    const named = new Map<string, Syntax>();
    while (!parser.accept(')')) {
      if (parser.peek().kind === 'name' && parser.is('=', 1)) {
        const { text } = parser.take();
        parser.expect('=');
        named.set(text, parser.expression(0));
      } else {
        args.push(parser.expression(0));
      }
      if (!parser.is(')')) parser.expect(',');
    }
    return { node: 'call', of, args, named, by: [], at: of.at };
  },
};

const ITEM: Infix = {
  power: POWER.postfix,
  parse: (parser, of, { at }) => {
    const index = parser.expression(0);
    parser.expect(']');
    return { node: 'item', of, index, at };
  },
};
