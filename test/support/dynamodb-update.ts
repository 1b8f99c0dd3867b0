import { copyOf } from './copy.ts';
import {
  type Item,
  invalid,
  type Path,
  Placeholders,
  read,
  Tokens,
  type Value,
} from './dynamodb-expression.ts';
import type { Fields } from './tap.ts';

/** Computes on the item as it was, then changes a copy. */
type Action = (before: Item, after: Item) => void;
type Operand = (before: Item) => Value | undefined;

interface Update {
  /** The item after the update. */
  readonly apply: (item: Item) => Item;
  readonly paths: readonly Path[];
}

/** Compiles an `UpdateExpression`; refuses what AWS refuses. */
export function update(input: Fields, placeholders: Placeholders = new Placeholders(input)): Update {
  if (input.UpdateExpression === undefined) return { apply: (item) => item, paths: [] };
  const tokens = new Tokens(input.UpdateExpression, placeholders);
  const paths: Path[] = [];
  const actions: Action[] = [];
  const seen = new Set<string>();
  while (!tokens.ended) {
    const clause = tokens.next().toUpperCase();
    const parse = CLAUSES[clause];
    if (!parse) throw invalid(`Invalid UpdateExpression: Syntax error; token: ${clause}`);
    if (seen.has(clause)) throw invalid(`The "${clause}" section can only be used once`);
    seen.add(clause);
    do {
      const path = tokens.path();
      paths.push(path);
      actions.push(parse(tokens, path));
    } while (tokens.take(','));
  }
  refuseOverlaps(paths);
  const apply = (item: Item) => {
    const after = copyOf(item);
    for (const action of actions) action(item, after);
    return after;
  };
  return { apply, paths };
}

function refuseOverlaps(paths: readonly Path[]): void {
  for (const [index, path] of paths.entries())
    for (const other of paths.slice(index + 1)) {
      const shorter = Math.min(path.length, other.length);
      if (path.slice(0, shorter).every((step, at) => step === other[at]))
        throw invalid(`Two document paths overlap with each other: ${path.join('.')}, ${other.join('.')}`);
    }
}

const CLAUSES: Readonly<Record<string, (tokens: Tokens, path: Path) => Action>> = {
  SET: parseSet,
  REMOVE: (_tokens, path) => (_before, after) => remove(after, path),
  ADD: (tokens, path) => {
    const value = tokens.placeholders.value(tokens.next());
    if (!value.N && !value.SS && !value.NS) throw invalid('Incorrect operand type for operator ADD');
    return (before, after) => write(after, path, added(read(before, path), value));
  },
  DELETE: (tokens, path) => {
    const value = tokens.placeholders.value(tokens.next());
    if (!value.SS && !value.NS) throw invalid('Incorrect operand type for operator DELETE');
    return (before, after) => subtract(after, path, read(before, path), value);
  },
};

function parseSet(tokens: Tokens, path: Path): Action {
  tokens.expect('=');
  const first = parseOperand(tokens);
  const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : 0;
  const second = sign === 0 ? undefined : parseOperand(tokens);
  return (before, after) => {
    const value = first(before);
    if (value === undefined)
      throw invalid('The provided expression refers to an attribute that does not exist');
    if (!second) return write(after, path, value);
    const other = second(before);
    if (value.N === undefined || other?.N === undefined)
      throw invalid('An operand in the update expression has an incorrect data type');
    write(after, path, { N: String(Number(value.N) + sign * Number(other.N)) });
  };
}

function parseOperand(tokens: Tokens): Operand {
  const token = tokens.peek() ?? '';
  if (token.startsWith(':')) {
    const value = tokens.placeholders.value(tokens.next());
    return () => value;
  }
  if (tokens.peek(1) === '(') return parseFunction(tokens);
  const path = tokens.path();
  return (before) => read(before, path);
}

function parseFunction(tokens: Tokens): Operand {
  const name = tokens.next();
  tokens.expect('(');
  if (name === 'if_not_exists') {
    const path = tokens.path();
    tokens.expect(',');
    const otherwise = parseOperand(tokens);
    tokens.expect(')');
    return (before) => read(before, path) ?? otherwise(before);
  }
  if (name !== 'list_append') throw invalid(`Invalid function name; function: ${name}`);
  const first = parseOperand(tokens);
  tokens.expect(',');
  const second = parseOperand(tokens);
  tokens.expect(')');
  return (before) => ({ L: [...listOf(first(before)), ...listOf(second(before))] });
}

function listOf(value: Value | undefined): Value[] {
  if (value === undefined)
    throw invalid('The provided expression refers to an attribute that does not exist in the item');
  if (!value.L) throw invalid('An operand in the update expression has an incorrect data type');
  return value.L;
}

const BAD_PATH = 'The document path provided in the update expression is invalid for update';

/** The map or list that holds the last step of a path. */
function parent(item: Item, path: Path): Fields {
  const value: Value | undefined = path.length === 1 ? { M: item } : read(item, path.slice(0, -1));
  const holder = value?.M ?? value?.L;
  if (!holder) throw invalid(BAD_PATH);
  return holder;
}

function write(item: Item, path: Path, value: Value): void {
  const holder = parent(item, path);
  const last = path.at(-1) as string | number;
  if (Array.isArray(holder)) holder[Math.min(Number(last), holder.length)] = value;
  else holder[last] = value;
}

function remove(item: Item, path: Path): void {
  const holder = parent(item, path);
  const last = path.at(-1) as string | number;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
}

function added(old: Value | undefined, value: Value): Value {
  if (old === undefined) return value;
  if (value.N !== undefined) {
    if (old.N === undefined) throw invalid('An operand in the update expression has an incorrect data type');
    return { N: String(Number(old.N) + Number(value.N)) };
  }
  const type = value.SS ? 'SS' : 'NS';
  if (!old[type]) throw invalid('An operand in the update expression has an incorrect data type');
  return { [type]: [...new Set([...old[type], ...value[type]])] };
}

function subtract(after: Item, path: Path, old: Value | undefined, value: Value): void {
  if (old === undefined) return;
  const type = value.SS ? 'SS' : 'NS';
  const rest = (old[type] ?? []).filter((element: string) => !value[type].includes(element));
  if (rest.length > 0) write(after, path, { [type]: rest });
  else remove(after, path);
}
