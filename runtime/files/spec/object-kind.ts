import type { Kind } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Entry, MapNode, Path, Reading } from './tree.ts';
import { shown } from './wording.ts';

/** One key of an object. */
export interface Key<T> {
  readonly kind: Kind<T>;
  readonly isRequired: boolean;
  /** The value where the key is absent or empty. */
  readonly fallback: T;
  readonly description: string;
}

export const required = <T>(kind: Kind<T>, description: string): Key<T> => ({
  kind,
  isRequired: true,
  fallback: kind.fallback,
  description,
});

/** An empty value (`comments:` and nothing behind) counts as absent. */
export function optional<T>(kind: Kind<T>, description: string): Key<T | undefined>;
export function optional<T>(kind: Kind<T>, description: string, fallback: T): Key<T>;
export function optional<T>(kind: Kind<T>, description: string, fallback?: T): Key<T | undefined> {
  return { kind, isRequired: false, fallback, description };
}

type Shape = Readonly<Record<string, Key<unknown>>>;

/** What is read of a shape. */
export type Read<S extends Shape> = { readonly [K in keyof S]: S[K] extends Key<infer T> ? T : never };

interface UnknownKeys {
  /** Where a key that is unknown here belongs; undefined: nowhere. */
  belongsIn?(key: string): string | undefined;
  /** Other keys are only told of. */
  readonly areIgnored?: boolean;
}

/** An object with known keys. Unknown ones are errors that name the nearest known one. */
export function object<S extends Shape>(shape: S, unknownKeys: UnknownKeys = {}): Kind<Read<S>> {
  const keys = Object.entries(shape);
  const fallback = Object.fromEntries(keys.map(([name, { fallback: value }]) => [name, value])) as Read<S>;
  return {
    fallback,
    schema: objectSchema(shape, unknownKeys),
    read(node, path, reading) {
      if (node.kind !== 'map') {
        reading.report('SPEC_NOT_MAP', path);
        return fallback;
      }
      reportUnknown(node, path, reading, shape, unknownKeys);
      return Object.fromEntries(
        keys.map(([name, key]) => [name, readKey(node.entries.get(name), key, [...path, name], reading)]),
      ) as Read<S>;
    },
  };
}

function readKey<T>(entry: Entry | undefined, key: Key<T>, path: Path, reading: Reading): T {
  const isEmpty = entry?.node.kind === 'scalar' && entry.node.value === null;
  if (entry && !isEmpty) return key.kind.read(entry.node, path, reading);
  if (key.isRequired)
    reading.report(entry ? 'SPEC_EMPTY_KEY' : 'SPEC_MISSING_KEY', path, { key: path.at(-1) ?? '' });
  return key.fallback;
}

function reportUnknown(
  node: MapNode,
  path: Path,
  reading: Reading,
  shape: Shape,
  { belongsIn, areIgnored = false }: UnknownKeys,
): void {
  for (const name of node.entries.keys()) {
    if (Object.hasOwn(shape, name)) continue;
    const key = shown(name);
    const place = belongsIn?.(name);
    const keyPath = [...path, name];
    if (areIgnored) reading.report('SPEC_KEY_IGNORED', keyPath, { key }, 'warning');
    else if (place !== undefined) reading.report('SPEC_KEY_MISPLACED', keyPath, { key, place });
    else reading.report('SPEC_UNKNOWN_KEY', keyPath, { key, nearest: nearest(name, Object.keys(shape)) });
  }
}

function objectSchema(shape: Shape, { areIgnored = false }: UnknownKeys): object {
  const keys = Object.entries(shape);
  return {
    type: 'object',
    properties: Object.fromEntries(
      keys.map(([name, { kind, description, isRequired }]) => [
        name,
        isRequired
          ? { description, ...kind.schema }
          : { description, anyOf: [kind.schema, { type: 'null' }] },
      ]),
    ),
    required: keys.filter(([, { isRequired }]) => isRequired).map(([name]) => name),
    ...(!areIgnored && { additionalProperties: false }),
  };
}
