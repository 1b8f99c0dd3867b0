import type { FilesCode } from '../messages.ts';
import type { Field, FileFormat, Trim } from '../spec/types.ts';
import { byHeader, byPlace, type ColumnPlan } from './columns.ts';
import type { Cell, ReadProblem, TableBatch } from './types.ts';

/** How many records are looked at before a file without header is said to have a wrong number of columns. */
const FIRST_RECORDS = 10;

const TRIMS: Readonly<Record<Trim, (text: string) => string>> = {
  none: (text) => text,
  both: (text) => text.trim(),
  left: (text) => text.trimStart(),
  right: (text) => text.trimEnd(),
};

export interface ShapeOptions {
  readonly format: Pick<FileFormat, 'header' | 'trim' | 'nullValues'>;
  readonly fields: readonly Pick<Field, 'name' | 'type'>[];
  /** Records need not have their last cells, and empty ones behind the last column are none: as in a workbook. */
  readonly isSparse: boolean;
}

interface Waiting {
  readonly cells: Cell[];
  readonly line: number;
  readonly errors: readonly number[] | undefined;
}

/** Records to rows in the order of the fields: header, ragged rows, trimming, null values (contract files §4.3). */
export class TableShaper {
  #rows: Cell[][] = [];
  #lines: number[] = [];
  #problems: ReadProblem[] = [];
  #plan: ColumnPlan | undefined;
  /** Records are rows as they are. */
  #isStraight = false;
  #waiting: Waiting[] = [];
  #hasRefused = false;
  #once = new Set<string>();
  readonly #clean: ((cell: Cell) => Cell) | undefined;

  readonly #names: readonly string[];

  constructor(private readonly options: ShapeOptions) {
    this.#names = options.fields.map(({ name }) => name);
    this.#clean = cleaner(options.format);
  }

  /** Rows and problems that wait to be taken. */
  get size(): number {
    return this.#rows.length + this.#problems.length;
  }

  take(): TableBatch {
    const batch = { rows: this.#rows, lines: this.#lines, problems: this.#problems };
    this.#rows = [];
    this.#lines = [];
    this.#problems = [];
    return batch;
  }

  problem(problem: ReadProblem): void {
    this.#problems.push(problem);
  }

  /** A problem that is told of once in a file. */
  warnOnce(code: FilesCode, line: number): void {
    if (this.#once.has(code)) return;
    this.#once.add(code);
    this.problem({ code, severity: 'warning', line, values: {} });
  }

  /** A record whose text is not to be trusted. As the header it must serve all the same. */
  refuse(code: FilesCode, line: number, values: ReadProblem['values'], cells: readonly string[]): void {
    const isHeader = this.options.format.header && this.#plan === undefined;
    this.problem({ code, severity: 'error', line, values, ...(isHeader ? {} : { row: cells }) });
    if (isHeader) this.#header(cells, line);
    else this.#hasRefused = true;
  }

  /** `errors`: places of cells that hold an error of a formula. */
  record(cells: Cell[], line: number, errors?: readonly number[]): void {
    if (this.#plan === undefined) this.#first({ cells, line, errors });
    else this.#row(this.#plan, cells, line, errors);
  }

  end(): void {
    if (this.#plan !== undefined) return;
    if (this.#waiting.length > 0) this.#settle();
    else if (this.options.format.header)
      this.problem({
        code: 'HEADER_MISSING',
        severity: 'error',
        line: 0,
        values: { expected: this.options.fields.length, found: 0 },
      });
    else if (!this.#hasRefused) this.warnOnce('FILE_EMPTY', 0);
  }

  #first(record: Waiting): void {
    const { cells, line } = record;
    if (this.options.format.header) {
      const names = cells.map((cell) => cell ?? '');
      this.#header(names, line);
      return;
    }
    this.#waiting.push(record);
    if (this.#waiting.length === FIRST_RECORDS || this.#width(cells) === this.options.fields.length)
      this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    // A workbook does not tell a column that is missing from one that is empty.
    const least = this.options.isSparse ? this.#names.length : 0;
    const widths = waiting.map(({ cells }) => Math.max(least, this.#width(cells)));
    const plan = this.#adopt(byPlace(widths, this.#names, waiting[0]?.line ?? 1));
    for (const { cells, line, errors } of waiting) this.#row(plan, cells, line, errors);
  }

  #header(cells: readonly string[], line: number): void {
    const names = this.options.isSparse ? cells.slice(0, this.#width(cells)) : cells;
    this.#adopt(byHeader(names, this.#names, line));
  }

  #adopt(plan: ColumnPlan): ColumnPlan {
    this.#plan = plan;
    for (const problem of plan.problems) this.#problems.push(problem);
    const isInOrder =
      plan.places.every((place, index) => place === index) && plan.width === plan.places.length;
    this.#isStraight = isInOrder && this.#clean === undefined;
    return plan;
  }

  /** Cells up to the last that counts. */
  #width(cells: readonly Cell[]): number {
    return this.options.isSparse
      ? cells.findLastIndex((cell) => cell !== null && cell !== '') + 1
      : cells.length;
  }

  #row(plan: ColumnPlan, cells: Cell[], line: number, errors?: readonly number[]): void {
    if (errors) this.#cellErrors(plan, cells, line, errors);
    if (cells.length === plan.width && this.#isStraight) {
      this.#rows.push(cells);
      this.#lines.push(line);
      return;
    }
    if (cells.length !== plan.width && !this.#isFitting(plan.width, cells, line)) return;
    const clean = this.#clean;
    this.#rows.push(
      plan.places.map((place) => {
        const cell = cells[place];
        if (cell === undefined || (cell === null && this.options.isSparse)) return null;
        return clean ? clean(cell) : cell;
      }),
    );
    this.#lines.push(line);
  }

  /** Fields of other types refuse such a text anyway. */
  #cellErrors({ places }: ColumnPlan, cells: readonly Cell[], line: number, errors: readonly number[]): void {
    for (const place of errors) {
      const field = this.options.fields[places.indexOf(place)];
      const value = cells[place] ?? '';
      if (field?.type !== 'texto' || this.options.format.nullValues.includes(value)) continue;
      this.problem({ code: 'CELL_ERROR', severity: 'error', line, values: { field: field.name, value } });
    }
  }

  /** Tells of a ragged row; false: it is refused. */
  #isFitting(expected: number, cells: readonly Cell[], line: number): boolean {
    const { isSparse } = this.options;
    const values = { expected, found: this.#width(cells) };
    const isLong = values.found > expected;
    if (isLong) {
      const row = cells.map((cell) => cell ?? '');
      this.problem({ code: 'ROW_TOO_LONG', severity: 'error', line, values, row });
    } else if (!isSparse) this.problem({ code: 'ROW_TOO_SHORT', severity: 'error', line, values });
    return !isLong;
  }
}

/** What is done to every cell; undefined: nothing. Readers give an empty cell as null. */
function cleaner({ trim, nullValues }: ShapeOptions['format']): ((cell: Cell) => Cell) | undefined {
  const isEmptyNull = nullValues.includes('');
  if (trim === 'none' && isEmptyNull && nullValues.length === 1) return undefined;
  const nulls = new Set(nullValues);
  const trimmed = TRIMS[trim];
  return (cell) => {
    const text = cell === null ? '' : trimmed(cell);
    return nulls.has(text) ? null : text;
  };
}
