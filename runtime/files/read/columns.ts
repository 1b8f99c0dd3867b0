import type { FilesCode } from '../messages.ts';
import type { ReadProblem } from './types.ts';

/** Which cell of a record belongs to which field. */
export interface ColumnPlan {
  /** Cells that a record has. */
  readonly width: number;
  /** Per field the place of its cell; -1: the file has none. */
  readonly places: readonly number[];
  readonly problems: readonly ReadProblem[];
}

/** No header has more faults than are of use to anybody. */
const MOST_PROBLEMS = 1000;

/** The name of a column that the file does not name; places count from 1. */
const unnamed = (place: number): string => `COLUMNA_${place}`;

const folded = (name: string): string => name.trim().toLowerCase();

/** By the names of the header, in any order (contract files §4.3). */
export function byHeader(header: readonly string[], fields: readonly string[], line: number): ColumnPlan {
  const problems: ReadProblem[] = [];
  const counts = { expected: fields.length, found: header.length };
  const note = (code: FilesCode, severity: ReadProblem['severity'], values: ReadProblem['values']) => {
    if (problems.length < MOST_PROBLEMS)
      problems.push({ code, severity, line, values: { ...values, ...counts } });
  };
  const names = header.map((name, index) => (name.trim() === '' ? unnamed(index + 1) : name));
  const matched = matches(names, fields);
  const taken = new Map<string, number>();
  names.forEach((column, index) => {
    const field = matched[index];
    const position = index + 1;
    const first = taken.get(field ?? column);
    if (first === undefined) taken.set(field ?? column, position);
    if (header[index]?.trim() === '') note('COLUMN_UNNAMED', 'error', { column, position });
    else if (first !== undefined) note('COLUMN_DUPLICATE', 'error', { column, position, first });
    else if (field === undefined) note('COLUMN_UNEXPECTED', 'error', { column, position });
    else if (field !== column) note('COLUMN_RENAMED', 'warning', { column, position, field });
  });
  const places = fields.map((field) => matched.indexOf(field));
  fields.forEach((column, index) => {
    if (places[index] === -1) note('COLUMN_MISSING', 'error', { column });
  });
  return { width: header.length, places, problems };
}

/** The field of each column: by its exact name, else by the trimmed one in any case. */
function matches(names: readonly string[], fields: readonly string[]): readonly (string | undefined)[] {
  const exact = new Set(fields);
  const loose = new Map(fields.map((field) => [folded(field), field]));
  const present = new Set(names.filter((name) => exact.has(name)));
  return names.map((name) => {
    if (exact.has(name)) return name;
    const field = loose.get(folded(name));
    // A column of just that name is the better one.
    return field !== undefined && present.has(field) ? undefined : field;
  });
}

/**
 * By place. One of the first records having as many cells as there are fields, the file is as defined and others are
 * ragged rows; else the file itself has too many columns or too few, which is one error.
 */
export function byPlace(widths: readonly number[], fields: readonly string[], line: number): ColumnPlan {
  const expected = fields.length;
  const found = widths.includes(expected) ? expected : Math.max(...widths);
  const values = { expected, found };
  const code = found > expected ? 'COLUMN_UNEXPECTED' : 'COLUMN_MISSING';
  const column = found > expected ? unnamed(expected + 1) : (fields[found] ?? '');
  return {
    width: found,
    places: fields.map((_, index) => (index < found ? index : -1)),
    problems: found === expected ? [] : [{ code, severity: 'error', line, values: { column, ...values } }],
  };
}
