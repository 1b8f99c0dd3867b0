import type { FilesCode } from '../messages.ts';
import { nearest } from './nearest.ts';
import type { DocumentNode, Path, Reading, ScalarNode } from './tree.ts';
import type { MessageValues, Position } from './types.ts';
import { shown } from './wording.ts';

/** What a value of the document may be: read with its problems told, and described for editors. */
export interface Kind<T> {
  /** Reports what is wrong and gives `fallback` then, so that everything else is read as well. */
  read(node: DocumentNode, path: Path, reading: Reading): T;
  readonly fallback: T;
  /** JSON Schema of it. */
  readonly schema: object;
}

/** A kind of scalar: `pick` gives the value, or the problem with it. */
interface Scalar<T> {
  readonly fallback: T;
  readonly schema: object;
  /** Told of a list or a map. */
  readonly otherwise: FilesCode;
  pick(node: ScalarNode): T | Refusal;
}

class Refusal {
  constructor(
    readonly code: FilesCode,
    readonly values: MessageValues,
  ) {}
}

/** The problem with a scalar; `{value}` is filled in. */
export const refuse = (code: FilesCode, values: MessageValues = {}): Refusal => new Refusal(code, values);

export const scalar = <T>({ fallback, schema, otherwise, pick }: Scalar<T>): Kind<T> => ({
  fallback,
  schema,
  read(node, path, reading) {
    const picked = node.kind === 'scalar' ? pick(node) : refuse(otherwise, { value: '[…]' });
    if (!(picked instanceof Refusal)) return picked;
    const value = node.kind === 'scalar' ? shown(node.source) : '[…]';
    reading.report(picked.code, path, { value, ...picked.values });
    return fallback;
  },
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** A text of 1 to `longest` characters. Numbers must be quoted, unless `mayBeNumber`: then their form is kept. */
export const text = (longest: number, { mayBeNumber = false } = {}): Kind<string> =>
  scalar({
    fallback: '',
    otherwise: 'SPEC_NOT_TEXT',
    schema: { type: mayBeNumber ? ['string', 'number'] : 'string', minLength: 1, maxLength: longest },
    pick: (node) => {
      const isText = typeof node.value === 'string' || (mayBeNumber && typeof node.value === 'number');
      if (!isText) return refuse('SPEC_NOT_TEXT');
      if (node.source.trim() === '') return refuse('SPEC_EMPTY_TEXT');
      if (node.source.length > longest) return refuse('SPEC_TEXT_TOO_LONG', { limit: longest });
      return CONTROL.test(node.source) ? refuse('SPEC_TEXT_CONTROL') : node.source;
    },
  });

/** A text that may be empty. */
export const looseText = (longest: number): Kind<string> => {
  const strict = text(longest);
  return {
    ...strict,
    schema: { type: 'string', maxLength: longest },
    read: (node, path, reading) =>
      node.kind === 'scalar' && node.value === '' ? '' : strict.read(node, path, reading),
  };
};

/** A text and where its first character stands. */
export const placedText = (longest: number): Kind<{ readonly text: string; readonly at: Position }> => {
  const { schema, read } = text(longest);
  return {
    schema,
    fallback: { text: '', at: { line: 1, column: 1 } },
    read: (node, path, reading) => ({
      text: read(node, path, reading),
      at: node.kind === 'scalar' ? node.textAt : node.at,
    }),
  };
};

/** Any scalar, as it is written: `NULL` and `001` stay what they are. */
export const words: Kind<string> = scalar({
  fallback: '',
  otherwise: 'SPEC_NOT_TEXT',
  schema: { type: ['string', 'number', 'boolean', 'null'] },
  pick: (node) => node.source,
});

/** Any scalar, to be understood later. */
export const anyScalar: Kind<ScalarNode | undefined> = scalar<ScalarNode | undefined>({
  fallback: undefined,
  otherwise: 'SPEC_NOT_SCALAR',
  schema: { type: ['string', 'number', 'boolean'] },
  pick: (node) => node,
});

export const flag: Kind<boolean> = scalar({
  fallback: false,
  otherwise: 'SPEC_NOT_FLAG',
  schema: { type: 'boolean' },
  pick: ({ value }) => (typeof value === 'boolean' ? value : refuse('SPEC_NOT_FLAG')),
});

/** A number from `least` to `most`, both inclusive. */
export const number = (least: number, most: number, { isWhole = false } = {}): Kind<number> =>
  scalar({
    fallback: least,
    otherwise: 'SPEC_NOT_NUMBER',
    schema: { type: isWhole ? 'integer' : 'number', minimum: least, maximum: most },
    pick: ({ value }) => {
      const isRight =
        typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
      return isRight
        ? value
        : refuse(isWhole ? 'SPEC_NOT_WHOLE' : 'SPEC_NOT_NUMBER', { min: least, max: most });
    },
  });

/** One of some words. `aliases` are other spellings; with `anyCase` upper and lower case are the same. */
export function oneOf<const T extends string>(
  allowed: readonly T[],
  { aliases = {}, anyCase = false }: { aliases?: Readonly<Record<string, T>>; anyCase?: boolean } = {},
): Kind<T> {
  const spellings = new Map<string, T>([
    ...allowed.map((word) => [word, word] as const),
    ...Object.entries(aliases),
  ]);
  const byForm = new Map([...spellings].map(([word, value]) => [anyCase ? word.toUpperCase() : word, value]));
  const [fallback] = allowed;
  if (fallback === undefined) throw new RangeError('Nothing is allowed.');
  const pattern = `^(${[...spellings.keys()].map(eitherCase).join('|')})$`;
  return scalar({
    fallback,
    otherwise: 'SPEC_NOT_ONE_OF',
    schema: anyCase
      ? { type: 'string', anyOf: [{ enum: allowed }, { pattern }] }
      : { enum: [...spellings.keys()] },
    pick: ({ value, source }) => {
      const known = typeof value === 'string' ? byForm.get(anyCase ? value.toUpperCase() : value) : undefined;
      return (
        known ??
        refuse('SPEC_NOT_ONE_OF', {
          allowed: allowed.join(', '),
          nearest: nearest(source, [...spellings.keys()]),
        })
      );
    },
  });
}

/** `ab` as `[Aa][Bb]`: JSON Schema has no flag for it. */
const eitherCase = (word: string): string =>
  word.replaceAll(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

/** A list; `least` entries at least. */
export const list = <T>(item: Kind<T>, least = 0): Kind<readonly T[]> => ({
  fallback: [],
  schema: { type: 'array', items: item.schema, ...(least > 0 && { minItems: least }) },
  read(node, path, reading) {
    if (node.kind !== 'list') {
      reading.report('SPEC_NOT_LIST', path);
      return [];
    }
    if (node.items.length < least) reading.report('SPEC_EMPTY_LIST', path);
    return node.items.map((each, index) => item.read(each, [...path, index], reading));
  },
});

/** Names, free to choose, to values of one kind. */
export const mapOf = <T>(value: Kind<T>, least = 0): Kind<ReadonlyMap<string, T>> => ({
  fallback: new Map(),
  schema: { type: 'object', additionalProperties: value.schema, ...(least > 0 && { minProperties: least }) },
  read(node, path, reading) {
    if (node.kind !== 'map') {
      reading.report('SPEC_NOT_MAP', path);
      return new Map();
    }
    if (node.entries.size < least) reading.report('SPEC_EMPTY_LIST', path);
    return new Map(
      [...node.entries].map(([id, entry]) => [id, value.read(entry.node, [...path, id], reading)]),
    );
  },
});
