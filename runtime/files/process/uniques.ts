import type { Catalog, Value } from '../spec/types.ts';
import type { Check, Faults } from './faults.ts';
import type { KeySpace, Keys } from './key-set.ts';
import type { RuleRows } from './rule-run.ts';
import { keyOf } from './values.ts';

interface Unique {
  readonly check: Check;
  readonly columns: readonly number[];
  readonly keys: Keys;
}

/**
 * Unique fields and composite keys: second and later occurrences are flagged, with the line of the first. A key with
 * a null in it is never a duplicate (contract files §4.4). Rows may be given again by a later pass.
 */
export class Uniques {
  readonly #uniques: readonly Unique[];

  constructor({ fields, uniqueTogether }: Catalog, space: KeySpace) {
    const unique = (code: Check['code'], columns: readonly number[]): Unique => ({
      check: {
        code,
        severity: 'error',
        fields: columns,
        values: { field: columns.map((column) => fields[column]?.name).join(', ') },
        rule: undefined,
      },
      columns,
      keys: space.keySet(),
    });
    this.#uniques = [
      ...fields.flatMap(({ isUnique }, index) => (isUnique ? [unique('UNIQUE_DUPLICATE', [index])] : [])),
      ...uniqueTogether.map((names) =>
        unique(
          'UNIQUE_TOGETHER',
          names.map((name) => fields.findIndex((field) => field.name === name)),
        ),
      ),
    ];
  }

  run({ typed, lines, count }: RuleRows, faults: Faults): void {
    for (const { check, columns, keys } of this.#uniques)
      for (let row = 0; row < count; row++) {
        const key = rowKey(typed[row] as readonly Value[], columns);
        if (key === undefined) continue;
        const line = lines[row] as number;
        const first = keys.put(key, line);
        if (first !== 0 && first !== line) faults.add(row, check, first);
      }
  }
}

/** Undefined: one of the values is null. */
function rowKey(row: readonly Value[], columns: readonly number[]): string | undefined {
  if (columns.length === 1) {
    const value = row[columns[0] as number] ?? null;
    return value === null ? undefined : keyOf(value);
  }
  let key = '';
  for (const column of columns) {
    const value = row[column] ?? null;
    if (value === null) return undefined;
    const part = keyOf(value);
    key += `${part.length}:${part}`;
  }
  return key;
}
