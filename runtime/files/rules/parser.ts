import { RULE_LIMITS } from './limits.ts';
import { overLimit, type RuleRefusal, unsupported } from './refusal.ts';
import type { Syntax } from './syntax.ts';
import { type Token, tokenize } from './token.ts';

/** How one operator between or after operands is read. */
export interface Infix {
  /** Binds tighter the higher it is. */
  readonly power: number;
  parse(parser: Parser, left: Syntax, token: Token): Syntax;
}

/** What sets one language apart: its words and the power of its operators. */
export interface Grammar {
  readonly language: 'pandas' | 'sage';
  prefix(parser: Parser, token: Token): Syntax;
  /** Undefined: the token ends the expression. */
  infix(token: Token, parser: Parser): Infix | undefined;
}

/** Reads a whole expression, or throws a RuleRefusal with its place. */
export function parse(text: string, grammar: Grammar): Syntax {
  const parser = new Parser(text, grammar);
  const syntax = parser.expression(0);
  if (parser.peek().kind !== 'end') throw parser.unexpected(parser.peek());
  return syntax;
}

/** A Pratt parser: operators bind by their power, and nesting and size are counted as they are read. */
export class Parser {
  private readonly tokens: readonly Token[];
  private place = 0;
  private depth = 0;
  private nodes = 0;
  private uncounted = 0;

  constructor(
    readonly text: string,
    private readonly grammar: Grammar,
  ) {
    this.tokens = tokenize(text, grammar.language);
  }

  /** Reads as long as operators bind tighter than `power`. */
  expression(power: number): Syntax {
    this.depth += 1;
    if (this.depth > RULE_LIMITS.depth) {
      throw overLimit('RULE_LIMIT_DEPTH', RULE_LIMITS.depth, this.peek().at);
    }
    const first = this.take();
    let left = this.grammar.prefix(this, first);
    this.count(first);
    for (;;) {
      const token = this.peek();
      const infix = this.grammar.infix(token, this);
      if (infix === undefined || infix.power <= power) break;
      this.take();
      left = infix.parse(this, left, token);
      this.count(token);
    }
    this.depth -= 1;
    return left;
  }

  /** Expressions with commas between, up to and with `close`. */
  items(close: string, isList: boolean): Syntax[] {
    const items: Syntax[] = [];
    if (isList) this.uncounted += 1;
    while (!this.accept(close)) {
      if (items.length === RULE_LIMITS.listItems) {
        throw overLimit('RULE_LIMIT_LIST', RULE_LIMITS.listItems, this.peek().at);
      }
      items.push(this.expression(0));
      if (!this.is(close)) this.expect(',');
    }
    if (isList) this.uncounted -= 1;
    return items;
  }

  peek(ahead = 0): Token {
    const token = this.tokens[this.place + ahead] ?? this.tokens.at(-1);
    if (token === undefined) throw new Error('an expression without an end token');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.place += 1;
    return token;
  }

  /** Whether this operator or word comes next. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'operator' || token.kind === 'name') && token.text === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.place += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(this.peek());
  }

  unexpected(token: Token): RuleRefusal {
    if (token.kind === 'end')
      return unsupported(this.text.trim().slice(-20), token.at, 'RULE_HINT_ENDS_EARLY');
    return unsupported(this.text.slice(token.at, token.end), token.at);
  }

  private count(token: Token): void {
    if (this.uncounted > 0) return;
    this.nodes += 1;
    if (this.nodes > RULE_LIMITS.nodes) throw overLimit('RULE_LIMIT_NODES', RULE_LIMITS.nodes, token.at);
  }
}
