import { commonInfix, enclosed, literal, POWER, unary } from './grammar.ts';
import type { Grammar, Infix, Parser } from './parser.ts';
import { replaceable, unsupported } from './refusal.ts';
import type { Syntax } from './syntax.ts';
import type { Token } from './token.ts';

/** The grammar of hookline's own dialect (contract files §5.2). */
export const SAGE_GRAMMAR: Grammar = { language: 'sage', prefix, infix };

const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const WORDS: readonly string[] = ['and', 'or', 'in', 'is', 'between'];
const REPLACED: Readonly<Record<string, string>> = { '!': 'not', '~': 'not', '&': 'and', '|': 'or' };

function prefix(parser: Parser, token: Token): Syntax {
  const { kind, text, at } = token;
  const value = literal(token);
  if (value !== undefined) return value;
  if (kind === 'quoted') return { node: 'name', name: text, at };
  if (kind === 'name') return word(parser, token);
  if (kind !== 'operator') throw parser.unexpected(token);
  if (text === '(') return enclosed(parser, at);
  if (text === '-' || text === '+') return unary(parser, text, at, POWER.sign);
  refuseReplaced(token);
  throw parser.unexpected(token);
}

function word(parser: Parser, token: Token): Syntax {
  const { text, at } = token;
  if (text === 'not') return unary(parser, 'not', at, POWER.not);
  const constant = Object.hasOwn(CONSTANTS, text) ? CONSTANTS[text] : undefined;
  if (constant !== undefined) return { node: 'value', value: constant, isWhole: false, at };
  if (text.startsWith('_')) throw replaceable(text, at, `[${text}]`);
  if (WORDS.includes(text)) throw unsupported(text, at);
  if (parser.is('(')) return call(parser, token);
  return { node: 'name', name: text, at };
}

function infix(token: Token, parser: Parser): Infix | undefined {
  const { kind, text } = token;
  if (kind === 'name') {
    if (text === 'in') return among(false);
    if (text === 'between') return BETWEEN;
    if (text === 'is') return IS_NULL;
    if (text === 'not' && parser.is('in', 1)) return among(true);
    if (text === 'not' && parser.is('between', 1)) return NOT_BETWEEN;
  }
  if (kind === 'operator') {
    if (text === '?') return CONDITION;
    if (text === '.') return MEMBER;
    refuseReplaced(token);
  }
  return commonInfix(token);
}

function refuseReplaced({ text, at }: Token): void {
  const replacement = REPLACED[text];
  if (replacement !== undefined) throw replaceable(text, at, replacement);
}

const CONDITION: Infix = {
  power: POWER.if,
  parse: (parser, test, { at }) => {
    const then = parser.expression(0);
    parser.expect(':');
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

const between = (parser: Parser, of: Syntax, at: number): Syntax => {
  const low = parser.expression(POWER.compare);
  parser.expect('and');
  return { node: 'between', of, low, high: parser.expression(POWER.compare), at };
};

const BETWEEN: Infix = { power: POWER.compare, parse: (parser, of, { at }) => between(parser, of, at) };

const NOT_BETWEEN: Infix = {
  power: POWER.compare,
  parse: (parser, of, { at }) => {
    parser.take();
    return { node: 'unary', sign: 'not', of: between(parser, of, at), at };
  },
};

const IS_NULL: Infix = {
  power: POWER.compare,
  parse: (parser, of, { at }) => {
    const isNegated = parser.accept('not');
    parser.expect('null');
    const isNull: Syntax = { node: 'isNull', of, at };
    return isNegated ? { node: 'unary', sign: 'not', of: isNull, at } : isNull;
  },
};

/** `catalog.column`. */
const MEMBER: Infix = {
  power: POWER.postfix,
  parse: (parser, of, { at }) => {
    const token = parser.take();
    if (of.node !== 'name' || (token.kind !== 'name' && token.kind !== 'quoted')) {
      throw unsupported(`.${token.text}`, at);
    }
    if (token.kind === 'name' && token.text.startsWith('_')) throw unsupported(`.${token.text}`, at);
    return { node: 'attribute', of, name: token.text, at: of.at };
  },
};

/** `name(a, b by c, d)`; `if` and `in` have no call form but `if`. */
function call(parser: Parser, { text, at }: Token): Syntax {
  parser.expect('(');
  const args: Syntax[] = [];
  const by: Syntax[] = [];
  while (!parser.accept(')')) {
    if (startsBy(parser)) {
      parser.take();
      by.push(...parser.items(')', false));
      if (by.length === 0) throw unsupported('by', at);
      break;
    }
    args.push(parser.expression(0));
    if (!parser.is(')') && !startsBy(parser)) parser.expect(',');
  }
  return { node: 'call', of: { node: 'name', name: text, at }, args, named: new Map(), by, at };
}

/** A column may be called `by`: only what is followed by a name begins the groups. */
const startsBy = (parser: Parser): boolean =>
  parser.is('by') && (parser.peek(1).kind === 'name' || parser.peek(1).kind === 'quoted');
