import { RE2JS } from 're2js';
import type { Cell } from '../read/types.ts';
import type { ColumnProfile } from '../report/model.ts';
import type { Field, FileFormat, Value } from '../spec/types.ts';
import type { Check, Faults } from './faults.ts';
import { fieldChecks } from './field-checks.ts';
import { scaleOf } from './numbers.ts';
import { keyOf, type Parser, parserOf } from './values.ts';

type Rows = readonly (readonly Cell[])[];
/** The typed rows of a batch, filled column by column. */
export type TypedRows = Value[][];

/** Types, checks and profiles one column (contract files §4.4). One loop per batch, nothing made per cell. */
export abstract class Column {
  protected values = 0;
  protected nulls = 0;
  protected invalid = 0;
  protected readonly checks: ReturnType<typeof fieldChecks>;
  readonly #default: Value;
  readonly #required: Check | undefined;

  constructor(
    protected readonly field: Field,
    protected readonly index: number,
    format: FileFormat,
  ) {
    this.checks = fieldChecks(field, index, format);
    this.#default = field.default ?? null;
    this.#required = field.isRequired && field.default === undefined ? this.checks.required : undefined;
  }

  abstract run(rows: Rows, typed: TypedRows, faults: Faults): void;
  protected abstract extent(): Pick<ColumnProfile, 'min' | 'max' | 'mean'>;

  /** The value of an empty cell. */
  protected empty(row: number, faults: Faults): Value {
    this.nulls++;
    if (this.#required) faults.add(row, this.#required);
    return this.#default;
  }

  profile(): ColumnProfile {
    const { name, type, isSensitive } = this.field;
    const { values, nulls, invalid } = this;
    const extent = isSensitive || values === 0 ? { min: null, max: null, mean: null } : this.extent();
    return { field: name, type, values, nulls, invalid, ...extent };
  }
}

class TextColumn extends Column {
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;
  readonly #options = this.field.options && new Set<Value>(this.field.options);
  readonly #pattern = this.field.pattern === undefined ? undefined : RE2JS.compile(this.field.pattern);

  run(rows: Rows, typed: TypedRows, faults: Faults): void {
    const { index } = this;
    const hasChecks = this.#hasChecks();
    let shortest = this.#shortest;
    let longest = this.#longest;
    for (let row = 0; row < rows.length; row++) {
      const cell = (rows[row] as readonly Cell[])[index] as Cell;
      const into = typed[row] as Value[];
      if (cell === null) {
        into[index] = this.empty(row, faults);
        continue;
      }
      into[index] = cell;
      const { length } = cell;
      this.values++;
      if (length < shortest) shortest = length;
      if (length > longest) longest = length;
      if (hasChecks) this.#check(cell, row, faults);
    }
    this.#shortest = shortest;
    this.#longest = longest;
  }

  #hasChecks(): boolean {
    const { minLength, maxLength, options, pattern } = this.field;
    return (minLength ?? maxLength ?? options ?? pattern) !== undefined;
  }

  #check(cell: string, row: number, faults: Faults): void {
    const { minLength, maxLength } = this.field;
    // A character has one or two units.
    if (maxLength !== undefined && cell.length > maxLength && characters(cell) > maxLength)
      faults.add(row, this.checks.maxLength);
    if (minLength !== undefined && cell.length < 2 * minLength && characters(cell) < minLength)
      faults.add(row, this.checks.minLength);
    if (this.#options !== undefined && !this.#options.has(cell)) faults.add(row, this.checks.options);
    if (this.#pattern !== undefined && !this.#pattern.testExact(cell)) faults.add(row, this.checks.pattern);
  }

  protected extent() {
    return { min: this.#shortest, max: this.#longest, mean: null };
  }
}

/** entero, decimal and fecha. */
class NumberColumn extends Column {
  readonly #parse: Parser;
  readonly #options = this.field.options && new Set<string>(this.field.options.map((each) => String(each)));
  readonly #decimal: string;
  #min: number | bigint = Number.POSITIVE_INFINITY;
  #max: number | bigint = Number.NEGATIVE_INFINITY;
  #sum = 0;

  constructor(field: Field, index: number, format: FileFormat) {
    super(field, index, format);
    this.#parse = parserOf(field, format);
    this.#decimal = format.decimal;
  }

  run(rows: Rows, typed: TypedRows, faults: Faults): void {
    const { index } = this;
    const parse = this.#parse;
    const least = this.field.min ?? Number.NEGATIVE_INFINITY;
    const most = this.field.max ?? Number.POSITIVE_INFINITY;
    const hasMore = this.#options !== undefined || this.field.scale !== undefined;
    for (let row = 0; row < rows.length; row++) {
      const cell = (rows[row] as readonly Cell[])[index] as Cell;
      const into = typed[row] as Value[];
      if (cell === null) {
        into[index] = this.empty(row, faults);
        continue;
      }
      const value = parse(cell) as number | bigint | undefined;
      if (value === undefined) {
        this.invalid++;
        into[index] = null;
        faults.add(row, this.checks.type);
        continue;
      }
      into[index] = value;
      this.values++;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      this.#sum += typeof value === 'number' ? value : Number(value);
      if (value < least) faults.add(row, this.checks.min);
      if (value > most) faults.add(row, this.checks.max);
      if (hasMore) this.#check(cell, value, row, faults);
    }
  }

  #check(cell: string, value: number | bigint, row: number, faults: Faults): void {
    const { scale } = this.field;
    if (scale !== undefined && scaleOf(cell, this.#decimal) > scale) faults.add(row, this.checks.scale);
    if (this.#options && !this.#options.has(keyOf(value))) faults.add(row, this.checks.options);
  }

  protected extent() {
    const isDate = this.field.type === 'fecha';
    const shown = (value: number | bigint): string | number =>
      isDate ? new Date(Number(value)).toISOString() : typeof value === 'bigint' ? String(value) : value;
    return {
      min: shown(this.#min),
      max: shown(this.#max),
      mean: isDate || !Number.isFinite(this.#sum) ? null : this.#sum / this.values,
    };
  }
}

class BooleanColumn extends Column {
  readonly #parse = parserOf(this.field, {} as FileFormat);
  #trues = 0;
  readonly #options = this.field.options && new Set<Value>(this.field.options);

  run(rows: Rows, typed: TypedRows, faults: Faults): void {
    const { index } = this;
    for (let row = 0; row < rows.length; row++) {
      const cell = (rows[row] as readonly Cell[])[index] as Cell;
      const into = typed[row] as Value[];
      if (cell === null) {
        into[index] = this.empty(row, faults);
        continue;
      }
      const value = this.#parse(cell);
      if (value === undefined) {
        this.invalid++;
        into[index] = null;
        faults.add(row, this.checks.type);
        continue;
      }
      into[index] = value;
      this.values++;
      if (value === true) this.#trues++;
      if (this.#options !== undefined && !this.#options.has(value)) faults.add(row, this.checks.options);
    }
  }

  /** The mean is the share of true. */
  protected extent() {
    return { min: null, max: null, mean: this.#trues / this.values };
  }
}

export function columnOf(field: Field, index: number, format: FileFormat): Column {
  if (field.type === 'texto') return new TextColumn(field, index, format);
  if (field.type === 'booleano') return new BooleanColumn(field, index, format);
  return new NumberColumn(field, index, format);
}

/** Length in code points. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++)
    if ((text.codePointAt(at) as number) > 0xffff) {
      count--;
      at++;
    }
  return count;
}
