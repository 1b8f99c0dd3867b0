import type { Cell } from '../read/types.ts';
import type { FieldType } from '../spec/types.ts';
import { commonPattern, isIsoDate } from './dates.ts';

/** What the cells of a file say about its columns (contract files §7, infer-spec). */

export interface GuessedField {
  readonly name: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  readonly isUnique: boolean;
  /** Date pattern, where dates are not ISO 8601. */
  readonly format: string | undefined;
}

export interface GuessedTable {
  readonly hasHeader: boolean;
  /** Decimal separator of the file's numbers. */
  readonly decimal: '.' | ',';
  readonly thousands: '.' | ',' | undefined;
  readonly fields: readonly GuessedField[];
  /** Rows that the guess is made of, header aside. */
  readonly rowCount: number;
}

type Rows = readonly (readonly Cell[])[];

/** Fewer different values may differ by chance. */
const ROWS_FOR_UNIQUE = 10;

export function guessTable(rows: Rows): GuessedTable {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const [first = []] = rows;
  const hasHeader = isHeader(first, rows.slice(1), width);
  const data = hasHeader ? rows.slice(1) : rows;
  const columns = Array.from({ length: width }, (_, index) => data.map((row) => row[index] ?? null));
  const numbers = numberForm(columns);
  const names = uniqueNames(
    Array.from({ length: width }, (_, index) => (hasHeader ? first[index] : undefined)),
  );
  return {
    hasHeader,
    ...numbers,
    fields: columns.map((cells, index) => guessField(names[index] ?? '', cells, numbers.decimal)),
    rowCount: data.length,
  };
}

/** Names are different texts; a value below them is something else, or the names do not come again as values. */
function isHeader(first: readonly Cell[], others: Rows, width: number): boolean {
  const names = first.map((cell) => cell?.trim() ?? '');
  const areNames = names.every((name) => name !== '' && name.length <= 60 && typeOfText(name) === undefined);
  if (first.length < width || !areNames || new Set(names).size < names.length) return false;
  if (others.length === 0) return true;
  const below = (index: number) => others.map((row) => row[index] ?? null);
  const hasOtherType = names.some((_, index) => guessField('', below(index), '.').type !== 'texto');
  return hasOtherType || names.every((name, index) => !below(index).includes(name));
}

function guessField(name: string, cells: readonly Cell[], decimal: '.' | ','): GuessedField {
  const values = cells.filter((cell) => cell !== null);
  const { type, format } = typeOfAll(values, decimal);
  const isRequired = cells.length > 0 && values.length === cells.length;
  const isKey = isRequired && (type === 'texto' || type === 'entero');
  const isUnique = isKey && values.length >= ROWS_FOR_UNIQUE && new Set(values).size === values.length;
  return { name, type, isRequired, isUnique, format };
}

const WHOLE = /^[+-]?(0|[1-9]\d{0,17})$/;
const DECIMAL = {
  '.': /^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/,
  ',': /^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/,
} as const;
/** 1 and 0 are numbers, s and n may be codes. */
const BOOLEAN = /^(true|false|verdadero|falso|sí|si|no|yes)$/i;

function typeOfAll(
  values: readonly string[],
  decimal: '.' | ',',
): { readonly type: FieldType; readonly format: string | undefined } {
  const all = (pattern: RegExp) => values.length > 0 && values.every((value) => pattern.test(value));
  const plain = (type: FieldType) => ({ type, format: undefined });
  if (all(WHOLE)) return plain('entero');
  // A zero in front is part of a code.
  if (all(DECIMAL[decimal]) && !values.some((value) => /^[+-]?0\d/.test(value))) return plain('decimal');
  if (all(BOOLEAN)) return plain('booleano');
  if (values.length > 0 && values.every(isIsoDate)) return plain('fecha');
  const format = commonPattern(values);
  return format === undefined ? plain('texto') : { type: 'fecha', format };
}

/** Undefined: a text. */
function typeOfText(text: string): FieldType | undefined {
  const types = (['.', ','] as const).map((decimal) => typeOfAll([text], decimal).type);
  return types.find((type) => type !== 'texto');
}

/** The decimal separator that more columns of numbers with a fraction need, and whether thousands are set apart. */
function numberForm(columns: readonly (readonly Cell[])[]): Pick<GuessedTable, 'decimal' | 'thousands'> {
  const texts = columns.map((cells) => cells.filter((cell) => cell !== null));
  const count = (decimal: '.' | ',', also: RegExp) =>
    texts.filter(
      (values) =>
        values.length > 0 &&
        values.every((value) => DECIMAL[decimal].test(value)) &&
        values.some((value) => also.test(value)),
    ).length;
  const decimal = count(',', /,\d+$/) > count('.', /\.\d+$/) ? ',' : '.';
  const other = decimal === '.' ? ',' : '.';
  const hasThousands = count(decimal, decimal === '.' ? /\d,\d{3}/ : /\d\.\d{3}/) > 0;
  return { decimal, thousands: hasThousands ? other : undefined };
}

/** Names of columns, none empty and none twice. */
function uniqueNames(given: readonly (Cell | undefined)[]): readonly string[] {
  const taken = new Set<string>();
  return given.map((cell, index) => {
    const wanted =
      (cell ?? '')
        .replaceAll(/[\p{Cc}\s]+/gu, ' ')
        .trim()
        .slice(0, 200) || `COLUMNA_${index + 1}`;
    let name = wanted;
    for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
    taken.add(name);
    return name;
  });
}
