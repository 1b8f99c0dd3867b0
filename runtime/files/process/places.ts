import type { Cell } from '../read/types.ts';
import type { Catalog, Value } from '../spec/types.ts';
import { MASK, type Place, shownValue } from './failures.ts';
import type { Check } from './faults.ts';
import type { FailureSample } from './sink.ts';

/** Where a failing row is, and the text that stands there (contract files §4.4: the original text is quoted). */
export function placeOfRow({ fields }: Catalog, check: Check, cells: readonly Cell[], line: number): Place {
  const [own] = check.fields;
  const isOfField = check.rule === undefined || check.rule.level === 'field';
  if (own === undefined) return { line, field: null, value: null };
  if (!isOfField) return { line, field: null, value: pairs(fields, check.fields, cells) };
  if (check.fields.length === 1 || check.rule) {
    const cell = cells[own] ?? null;
    const value = cell === null ? null : shownValue(cell, fields[own]?.isSensitive ?? false);
    return { line, field: fields[own]?.name ?? null, value };
  }
  const names = check.fields.map((index) => fields[index]?.name).join(', ');
  return { line, field: names, value: pairs(fields, check.fields, cells) };
}

/** A record that is no row: all its text, unless some of it may be sensitive. */
export function placeOfRecord({ fields, format }: Catalog, row: readonly string[], line: number): Place {
  const isSensitive = fields.some((field) => field.isSensitive);
  return { line, field: null, value: shownValue(row.slice(0, 100).join(format.delimiter), isSensitive) };
}

/** A row among those that failed a rule of a catalog or package. */
export function sampleOf(
  { fields }: Catalog,
  check: Check,
  row: readonly Value[],
  line: number,
): FailureSample {
  const texts = fields.map(({ type }, index) => valueText(row[index] ?? null, type === 'fecha'));
  return { line, value: pairs(fields, check.fields, texts) };
}

function valueText(value: Value, isDate: boolean): Cell {
  if (value === null) return null;
  if (!isDate) return String(value);
  const text = new Date(Number(value)).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

function pairs(fields: Catalog['fields'], indexes: readonly number[], cells: readonly Cell[]): string {
  const texts = indexes.map((index) => {
    const { name = '', isSensitive = false } = fields[index] ?? {};
    return `${name}=${isSensitive ? MASK : (cells[index] ?? '')}`;
  });
  return shownValue(texts.join(', '), false);
}
