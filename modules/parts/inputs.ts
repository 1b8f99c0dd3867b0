import { snakeCase } from './names.ts';
import { type Expression, expression, Given, type Optional, type Settable } from './optional.ts';

/**
 * Inputs of a module, declared once: Terraform variables, the settings file's schema, the tables of the
 * module's README and the construct's props all come from the declaration.
 */

/** JSON Schema, the part of it that is used here. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** What values an input takes; `T` is their TypeScript type. */
export interface Kind<T> {
  readonly terraformType: string;
  readonly schema: Schema;
  readonly fields?: Readonly<Record<string, Kind<unknown>>>;
  readonly optional?: boolean;
  /** Carries the type only. */
  readonly example?: T;
}

export const text = (pattern?: string): Kind<string> => ({
  terraformType: 'string',
  schema: { type: 'string', ...(pattern ? { pattern } : {}) },
});

export const choice = <W extends string>(...words: readonly W[]): Kind<W> => ({
  terraformType: 'string',
  schema: { type: 'string', enum: words },
});

export const integer = (minimum: number, maximum: number): Kind<number> => ({
  terraformType: 'number',
  schema: { type: 'integer', minimum, maximum },
});

export const flag: Kind<boolean> = { terraformType: 'bool', schema: { type: 'boolean' } };

export const texts: Kind<readonly string[]> = {
  terraformType: 'list(string)',
  schema: { type: 'array', items: { type: 'string' } },
};

export const textMap: Kind<Readonly<Record<string, string>>> = {
  terraformType: 'map(string)',
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};

type Fields = Readonly<Record<string, Kind<unknown>>>;
type TypeOf<K> = K extends Kind<infer T> ? T : never;
type OptionalKeys<F> = { [K in keyof F]: F[K] extends { optional: true } ? K : never }[keyof F];
type ObjectOf<F> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Nested<TypeOf<F[K]>> } & {
  readonly [K in OptionalKeys<F>]?: Nested<TypeOf<F[K]>> | undefined;
};
type Nested<T> = T extends string | number | boolean | readonly string[] ? Settable<T> : T;

export const optional = <T>(kind: Kind<T>): Kind<T> & { optional: true } => ({ ...kind, optional: true });

/** An object with the fields' names in TypeScript's spelling; Terraform and the settings see `snake_case`. */
export function object<F extends Fields>(fields: F): Kind<ObjectOf<F>> {
  const entries = Object.entries(fields).map(([name, kind]) => [snakeCase(name), kind] as const);
  const types = entries.map(([name, { terraformType, optional: mayMiss }]) =>
    mayMiss ? `${name} = optional(${terraformType})` : `${name} = ${terraformType}`,
  );
  return {
    terraformType: `object({ ${types.join(', ')} })`,
    fields,
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      required: entries.filter(([, kind]) => !kind.optional).map(([name]) => name),
      additionalProperties: false,
    },
  };
}

export interface Input<T> {
  readonly kind: Kind<T>;
  readonly description: string;
  /** Null: it may be left out and is then not there. */
  readonly default: T | null;
  /** Terraform does not show it. */
  readonly isSensitive?: boolean;
  /** It has a default, and null turns it off. */
  readonly isNullable?: true;
}

/** An input that always has a value. */
export interface DefaultedInput<T> extends Input<T> {
  readonly default: T;
  readonly mayMiss: false;
}

/** Declares an input that always has a value. */
export const input = <T>(kind: Kind<T>, fallback: NoInfer<T>, description: string): DefaultedInput<T> => ({
  kind,
  description,
  default: fallback,
  mayMiss: false,
});

/** Declares an input that may be left out. */
export const optionalInput = <T>(kind: Kind<T>, description: string): Input<T> => ({
  kind,
  description,
  default: null,
});

/** An input with a default that null turns off. */
export interface NullableInput<T> extends Input<T> {
  readonly default: T;
  readonly isNullable: true;
}

/** Declares an input that has a value unless it is null. */
export const nullableInput = <T>(
  kind: Kind<T>,
  fallback: NoInfer<T>,
  description: string,
): NullableInput<T> => ({
  kind,
  description,
  default: fallback,
  isNullable: true,
});

/** Declares an input that may be left out and is never shown. */
export const secretInput = <T>(kind: Kind<T>, description: string): Input<T> => ({
  ...optionalInput(kind, description),
  isSensitive: true,
});

export type Inputs = Readonly<Record<string, Input<unknown>>>;

/** What a construct is given. */
export type PropsOf<D> = {
  readonly [K in keyof D]?: D[K] extends DefaultedInput<infer T>
    ? Nested<T> | Expressible<T> | undefined
    : D[K] extends NullableInput<infer T>
      ? Optional<Nested<T>> | null
      : D[K] extends Input<infer T>
        ? Optional<Nested<T>>
        : never;
};

/** The same with defaults applied. */
export type ValuesOf<D> = {
  readonly [K in keyof D]: D[K] extends DefaultedInput<infer T>
    ? Nested<T> | Expressible<T>
    : D[K] extends Input<infer T>
      ? Optional<Nested<T>>
      : never;
};

/** Maps, too, may come as one expression. */
type Expressible<T> = T extends Readonly<Record<string, string>> ? T | Expression : never;

export function withDefaults<D extends Inputs>(inputs: D, props: PropsOf<D>): ValuesOf<D> {
  const values = Object.entries(inputs).map(([name, { default: fallback, isNullable }]) => {
    const isOff = isNullable && props[name] === null;
    return [name, isOff ? undefined : (props[name] ?? fallback ?? undefined)];
  });
  return Object.fromEntries(values) as ValuesOf<D>;
}

/** The module's variables as props. What may be left out is `Given` by a comparison with null. */
export function propsFromVariables<D extends Inputs>(inputs: D): PropsOf<D> {
  const props = Object.entries(inputs).map(([name, { kind, default: fallback, isSensitive, isNullable }]) => {
    const address = `var.${snakeCase(name)}`;
    // Whether a secret is given is none.
    const isGiven = isSensitive ? `nonsensitive(${address} != null)` : `${address} != null`;
    const value = kind.fields ? fieldsAt(address, kind.fields) : expression(address);
    const mayMiss = fallback === null || isNullable;
    return [name, mayMiss ? new Given(expression(isGiven), value) : value];
  });
  return Object.fromEntries(props) as PropsOf<D>;
}

function fieldsAt(address: string, fields: Fields): Readonly<Record<string, unknown>> {
  const values = Object.entries(fields).map(([name, kind]) => {
    const field = `${address}.${snakeCase(name)}`;
    return [name, kind.fields ? fieldsAt(field, kind.fields) : expression(`try(${field}, null)`)];
  });
  return Object.fromEntries(values);
}

/** Settings, with names in `snake_case`, as props. They must have passed the schema. */
export function propsFromSettings<D extends Inputs>(
  inputs: D,
  settings: Readonly<Record<string, unknown>>,
): PropsOf<D> {
  const kinds = Object.fromEntries(Object.entries(inputs).map(([name, { kind }]) => [name, kind]));
  const off = Object.entries(inputs).filter(
    ([name, { isNullable }]) => isNullable && settings[snakeCase(name)] === null,
  );
  return {
    ...fromSnakeCase(kinds, settings),
    ...Object.fromEntries(off.map(([name]) => [name, null])),
  } as PropsOf<D>;
}

function fromSnakeCase(kinds: Fields, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const props: Record<string, unknown> = {};
  for (const [name, { fields }] of Object.entries(kinds)) {
    const value = settings[snakeCase(name)] ?? undefined;
    if (value === undefined) continue;
    props[name] = fields ? fromSnakeCase(fields, value as Record<string, unknown>) : value;
  }
  return props;
}
