import * as z from 'zod/mini';

/** Shapes of files that people write; messages say what a value must be. */

export const text = z.string('must be a text').check(z.minLength(1, 'must not be empty'));

/** An object without other keys. */
export function object<S extends z.core.$ZodShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `has unknown keys: ${issue.keys.join(', ')}` : 'must be an object',
  });
}

/** Each fault with the place it is at: `components[0].name must be a text`. */
export function faultsOf(schema: z.ZodMiniType, value: unknown): readonly string[] {
  const { error } = z.safeParse(schema, value);
  return (error?.issues ?? []).map(({ path, message }) => `${placeOf(path)} ${message}`);
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '') || 'the file';
