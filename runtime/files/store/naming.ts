/** `useS3` → `use_s3`. */
type Snake<S extends string> = S extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${Snake<Rest>}`
  : S;

/** A type whose keys are written in snake_case. */
export type SnakeKeys<T> = { readonly [K in keyof T as K extends string ? Snake<K> : never]: T[K] };

/** Keys in either way of writing. */
export type EitherCase<T> = T & SnakeKeys<T>;

const camel = (key: string): string =>
  key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const renamed = (object: object, rename: (key: string) => string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]));

/** The same values under names in camelCase; not those of inner objects. */
export const camelKeys = (object: object): Record<string, unknown> => renamed(object, camel);

/** The same values under names in snake_case; not those of inner objects. */
export const snakeKeys = (object: object): Record<string, unknown> => renamed(object, snake);
