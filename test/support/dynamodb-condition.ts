import { isDeepStrictEqual } from 'node:util';
import { type Item, invalid, Placeholders, read, Tokens, typeOf, type Value } from './dynamodb-expression.ts';
import type { Fields } from './tap.ts';

type Test = (item: Item) => boolean;
type Operand = (item: Item) => Value | undefined;

/** Compiles a request's `ConditionExpression`; without one everything holds. */
export function condition(input: Fields, placeholders: Placeholders = new Placeholders(input)): Test {
  if (input.ConditionExpression === undefined) return () => true;
  const tokens = new Tokens(input.ConditionExpression, placeholders);
  const test = parseOr(tokens);
  if (!tokens.ended) throw invalid(`Syntax error in ConditionExpression near ${tokens.peek()}`);
  return test;
}

function parseOr(tokens: Tokens): Test {
  const tests = [parseAnd(tokens)];
  while (tokens.take('OR')) tests.push(parseAnd(tokens));
  return (item) => tests.some((test) => test(item));
}

function parseAnd(tokens: Tokens): Test {
  const tests = [parseNot(tokens)];
  while (tokens.take('AND')) tests.push(parseNot(tokens));
  return (item) => tests.every((test) => test(item));
}

function parseNot(tokens: Tokens): Test {
  if (!tokens.take('NOT')) return parsePrimary(tokens);
  const test = parseNot(tokens);
  return (item) => !test(item);
}

function parsePrimary(tokens: Tokens): Test {
  if (tokens.take('(')) {
    const test = parseOr(tokens);
    tokens.expect(')');
    return test;
  }
  const name = tokens.peek()?.toLowerCase();
  if (tokens.peek(1) === '(' && name !== 'size') return parseFunction(tokens);
  return parseComparison(tokens);
}

function parseFunction(tokens: Tokens): Test {
  const name = tokens.next();
  tokens.expect('(');
  const path = tokens.path();
  const argument = tokens.take(',') ? parseOperand(tokens) : undefined;
  tokens.expect(')');
  const stringArgument = (item: Item) => String(argument?.(item)?.S ?? '');
  switch (name) {
    case 'attribute_exists':
      return (item) => read(item, path) !== undefined;
    case 'attribute_not_exists':
      return (item) => read(item, path) === undefined;
    case 'attribute_type':
      return (item) => typeOf(read(item, path)) === stringArgument(item);
    case 'begins_with':
      return (item) => String(read(item, path)?.S ?? '').startsWith(stringArgument(item));
    case 'contains':
      return (item) => {
        const value = read(item, path);
        const wanted = argument?.(item);
        if (value?.L) return value.L.some((element: Value) => isDeepStrictEqual(element, wanted));
        return (value?.S ?? value?.SS ?? []).includes(stringArgument(item));
      };
    default:
      throw invalid(`Invalid function name; function: ${name}`);
  }
}

function parseOperand(tokens: Tokens): Operand {
  if (tokens.peek()?.startsWith(':')) {
    const value = tokens.placeholders.value(tokens.next());
    return () => value;
  }
  if (tokens.peek()?.toLowerCase() === 'size' && tokens.peek(1) === '(') {
    tokens.next();
    tokens.next();
    const sized = tokens.path();
    tokens.expect(')');
    return (item) => {
      const value = read(item, sized);
      const content = value?.SS ?? value?.NS ?? value?.L ?? value?.B ?? (value?.M && Object.keys(value.M));
      const size = value?.S === undefined ? content?.length : Buffer.byteLength(value.S);
      return size === undefined ? undefined : { N: String(size) };
    };
  }
  const path = tokens.path();
  return (item) => read(item, path);
}

const COMPARATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function parseComparison(tokens: Tokens): Test {
  const left = parseOperand(tokens);
  if (tokens.take('BETWEEN')) {
    const low = parseOperand(tokens);
    tokens.expect('AND');
    const high = parseOperand(tokens);
    return (item) => compare(left(item), '>=', low(item)) && compare(left(item), '<=', high(item));
  }
  if (tokens.take('IN')) {
    tokens.expect('(');
    const options = [parseOperand(tokens)];
    while (tokens.take(',')) options.push(parseOperand(tokens));
    tokens.expect(')');
    return (item) => options.some((option) => compare(left(item), '=', option(item)));
  }
  const comparator = tokens.next();
  if (!COMPARATORS[comparator]) throw invalid(`Syntax error near ${comparator}`);
  const right = parseOperand(tokens);
  return (item) => compare(left(item), comparator, right(item));
}

/** An absent side makes every comparison false but `<>`; different types are never equal nor ordered. */
function compare(left: Value | undefined, comparator: string, right: Value | undefined): boolean {
  if (left === undefined || right === undefined || typeOf(left) !== typeOf(right)) return comparator === '<>';
  const type = typeOf(left) as string;
  if (type === 'N') return COMPARATORS[comparator]?.(Number(left.N) - Number(right.N)) ?? false;
  if (type !== 'S') {
    const isEqual = isDeepStrictEqual(left, right);
    return comparator === '=' ? isEqual : comparator === '<>' && !isEqual;
  }
  const [a, b] = [left.S as string, right.S as string];
  return COMPARATORS[comparator]?.(a < b ? -1 : a > b ? 1 : 0) ?? false;
}
