import { RULE_LIMITS } from './limits.ts';
import { overLimit, unsupported } from './refusal.ts';

export interface Token {
  /** `quoted`: a column name in square brackets (sage). */
  readonly kind: 'number' | 'text' | 'name' | 'quoted' | 'operator' | 'end';
  /** As written; of text and quoted the content. */
  readonly text: string;
  /** Offset in the expression, from 0. */
  readonly at: number;
  readonly end: number;
}

const OPERATORS = [
  ...['**', '//', '==', '!=', '<=', '>=', '<>', '&&', '||', ':=', '->', '<<', '>>'],
  ...'+-*/%<>&|~^()[]{},.:?=!@;$`\\',
];
// Fixed patterns of our own, each linear: no text of a rule becomes one.
const SPACE = /\s+/y;
const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Cuts an expression into tokens; both languages share them, only `[…]` is a column's name in sage. */
export function tokenize(text: string, language: 'pandas' | 'sage'): readonly Token[] {
  if (text.length > RULE_LIMITS.expressionLength) {
    throw overLimit('RULE_LIMIT_LENGTH', RULE_LIMITS.expressionLength, 0);
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const spaces = match(SPACE, text, at);
    if (spaces !== undefined) {
      at += spaces.length;
      continue;
    }
    const token = next(text, at, language);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: text.length, end: text.length });
  return tokens;
}

/** Whether a name stands in the expression outside its texts; false where it cannot be cut into tokens. */
export function mentions(text: string, name: string): boolean {
  try {
    return tokenize(text, 'pandas').some((token) => token.kind === 'name' && token.text === name);
  } catch {
    return false;
  }
}

function next(text: string, at: number, language: 'pandas' | 'sage'): Token {
  const character = text.charAt(at);
  if (character === '"' || character === "'") return readText(text, at, at, false);
  if (character === '[' && language === 'sage') return readColumn(text, at);
  const number = match(NUMBER, text, at);
  if (number !== undefined) return readNumber(text, at, number);
  const name = match(NAME, text, at);
  if (name !== undefined) return readName(text, at, name);
  const operator = OPERATORS.find((each) => text.startsWith(each, at));
  if (operator === undefined) throw unsupported(String.fromCodePoint(text.codePointAt(at) ?? 0), at);
  return { kind: 'operator', text: operator, at, end: at + operator.length };
}

function readNumber(text: string, at: number, number: string): Token {
  const end = at + number.length;
  const glued = match(NAME, text, end);
  if (glued !== undefined && !/^(?:and|or|not|in|is|if|else|between|by)$/.test(glued)) {
    throw unsupported(number + glued, at);
  }
  return { kind: 'number', text: number, at, end };
}

function readName(text: string, at: number, name: string): Token {
  const end = at + name.length;
  const quote = text.charAt(end);
  if (quote !== '"' && quote !== "'") return { kind: 'name', text: name, at, end };
  if (name === 'r' || name === 'R') return readText(text, at, end, true);
  throw unsupported(`${name}${quote}`, at, 'RULE_HINT_PLAIN_TEXT');
}

/** A text in quotes; a backslash takes the next character with it, unknown pairs stay as they are. */
function readText(text: string, start: number, open: number, isRaw: boolean): Token {
  const quote = text.charAt(open);
  let value = '';
  let at = open + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === quote) return { kind: 'text', text: value, at: start, end: at + 1 };
    if (character !== '\\') {
      value += character;
      at += 1;
      continue;
    }
    const after = text.charAt(at + 1);
    value += isRaw ? character + after : (ESCAPES[after] ?? character + after);
    at += 2;
  }
  throw unsupported(text.slice(start), start, 'RULE_HINT_OPEN_TEXT');
}

function readColumn(text: string, at: number): Token {
  const close = text.indexOf(']', at);
  const name = close < 0 ? '' : text.slice(at + 1, close).trim();
  if (name === '') throw unsupported(text.slice(at), at, 'RULE_HINT_COLUMN_BRACKETS');
  return { kind: 'quoted', text: name, at, end: close + 1 };
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
