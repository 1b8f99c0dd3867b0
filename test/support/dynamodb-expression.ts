import { RESERVED_WORDS } from './dynamodb-reserved-words.ts';
import { awsError, type Fields } from './tap.ts';

/** A typed DynamoDB value, for example `{ S: 'a' }`. */
export type Value = Fields;
export type Item = Record<string, Value>;
/** Attribute names and list indexes from the item's root. */
export type Path = readonly (string | number)[];

export const invalid = (message: string): Error => awsError('ValidationException', 400, message);

/** The names and values of one request; every one must be used. */
export class Placeholders {
  private readonly used = new Set<string>();
  private readonly names: Record<string, string>;
  private readonly values: Record<string, Value>;

  constructor(input: Fields) {
    this.names = input.ExpressionAttributeNames ?? {};
    this.values = input.ExpressionAttributeValues ?? {};
    for (const [map, entries] of [
      ['ExpressionAttributeNames', input.ExpressionAttributeNames],
      ['ExpressionAttributeValues', input.ExpressionAttributeValues],
    ])
      if (entries && Object.keys(entries).length === 0) throw invalid(`${map} must not be empty`);
    for (const value of Object.values(this.values)) checkValue(value);
  }

  name(placeholder: string): string {
    this.used.add(placeholder);
    const name = this.names[placeholder];
    if (name === undefined) throw invalid(`An expression attribute name is not defined: ${placeholder}`);
    return name;
  }

  value(placeholder: string): Value {
    this.used.add(placeholder);
    const value = this.values[placeholder];
    if (value === undefined) throw invalid(`An expression attribute value is not defined: ${placeholder}`);
    return value;
  }

  checkAllUsed(): void {
    const unused = [...Object.keys(this.names), ...Object.keys(this.values)].filter(
      (placeholder) => !this.used.has(placeholder),
    );
    if (unused.length > 0) throw invalid(`Value unused in expressions: ${unused.join(', ')}`);
  }
}

/** What AWS refuses as a value: empty sets, numbers that are none. */
export function checkValue(value: Value): void {
  const [type, content] = Object.entries(value)[0] ?? [];
  if (['SS', 'NS', 'BS'].includes(type ?? '')) {
    if (content.length === 0) throw invalid('An string set may not be empty');
    if (new Set(content).size < content.length) throw invalid('Input collection contains duplicates');
  }
  if (type === 'N' && (content.trim() === '' || !Number.isFinite(Number(content))))
    throw invalid(`The parameter cannot be converted to a numeric value: ${content}`);
  if (type === 'L') for (const element of content) checkValue(element);
  if (type === 'M') for (const element of Object.values(content)) checkValue(element as Value);
}

const TOKEN = /\s*([#:]?[A-Za-z_][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|<>|<=|>=|[=<>(),.+\-[\]]|\d+)/y;

/** The tokens of an expression and a place in them. */
export class Tokens {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(
    expression: string,
    readonly placeholders: Placeholders,
  ) {
    if (expression.trim() === '') throw invalid('The expression can not be empty');
    TOKEN.lastIndex = 0;
    const text = expression.trimEnd();
    for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
      const match = TOKEN.exec(text);
      if (!match) throw invalid(`Syntax error in expression near: ${text.slice(at)}`);
      this.tokens.push(match[1] as string);
    }
  }

  peek(offset = 0): string | undefined {
    return this.tokens[this.position + offset];
  }

  get ended(): boolean {
    return this.position >= this.tokens.length;
  }

  next(): string {
    const token = this.tokens[this.position++];
    if (token === undefined) throw invalid('Syntax error: the expression ends too early');
    return token;
  }

  /** Takes the token if it is this word, any case. */
  take(word: string): boolean {
    if (this.peek()?.toUpperCase() !== word) return false;
    this.position += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) throw invalid(`Syntax error; expected ${word}, found ${this.peek() ?? 'the end'}`);
  }

  /** A document path: `a`, `#a.b`, `a[0]`. */
  path(): Path {
    const path: (string | number)[] = [this.attribute()];
    for (;;) {
      if (this.take('.')) path.push(this.attribute());
      else if (this.take('[')) {
        path.push(Number(this.next()));
        this.expect(']');
      } else return path;
    }
  }

  private attribute(): string {
    const token = this.next();
    if (token.startsWith('#')) return this.placeholders.name(token);
    if (!/^[A-Za-z_]/.test(token)) throw invalid(`Syntax error near ${token}`);
    if (RESERVED_WORDS.has(token.toUpperCase()))
      throw invalid(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    return token;
  }
}

/** The value at a path. */
export function read(item: Item, path: Path): Value | undefined {
  let current: Value | undefined = { M: item };
  for (const step of path) current = typeof step === 'number' ? current?.L?.[step] : current?.M?.[step];
  return current;
}

export const typeOf = (value: Value | undefined): string | undefined => value && Object.keys(value)[0];
