import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { storedValue } from '../core/dynamodb-values.ts';

/** What an update does to a record: paths as in `pending_turn.parts[0].sid`, values as plain data. */
export interface RecordChange {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** Added to numbers; absent ones count as 0. */
  readonly add?: Readonly<Record<string, number>>;
}

/** Names and values of one request; every part of its expressions is made through it. */
export class Expression {
  private readonly names = new Map<string, string>();
  private readonly values: Record<string, AttributeValue> = {};

  /** `a.b[0]` with a placeholder for each name: some names are reserved words. */
  path(path: string): string {
    return path.replace(/[^.[\]]+(?![^[]*\])/g, (name) => {
      const known = this.names.get(name) ?? `#n${this.names.size}`;
      this.names.set(name, known);
      return known;
    });
  }

  /** A placeholder for plain data. */
  value(value: unknown): string {
    return this.stored(storedValue(value));
  }

  /** A placeholder for a value as it is stored. */
  stored(value: AttributeValue): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  equals(path: string, value: unknown): string {
    return `${this.path(path)} = ${this.value(value)}`;
  }

  /** What a request gets beside its expressions. */
  placeholders() {
    const { names, values } = this;
    return {
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([name, known]) => [known, name])),
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    };
  }
}

/** The update expression of a change, with assignments that were made elsewhere in front. */
export function updateExpression(
  expression: Expression,
  { set = {}, remove = [], add = {} }: RecordChange,
  assignments: readonly string[] = [],
): string {
  const sets = Object.entries(set)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => expression.equals(path, value));
  const removes = remove.map((path) => expression.path(path));
  const adds = Object.entries(add).map(
    ([path, value]) => `${expression.path(path)} ${expression.value(value)}`,
  );
  const clause = (word: string, parts: readonly string[]) =>
    parts.length > 0 ? [`${word} ${parts.join(', ')}`] : [];
  return [
    ...clause('SET', [...assignments, ...sets]),
    ...clause('REMOVE', removes),
    ...clause('ADD', adds),
  ].join(' ');
}
