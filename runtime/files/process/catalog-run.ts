import { FilesError } from '../errors.ts';
import type { FilesCode } from '../messages.ts';
import { readTable } from '../read/read-table.ts';
import type { Cell, ReadOptions, ReadProblem, Source, TableBatch } from '../read/types.ts';
import type { CatalogProfile, FormatFault } from '../report/model.ts';
import type { Catalog, MessageValues, Value } from '../spec/types.ts';
import { Bits } from './bits.ts';
import { type Column, columnOf } from './columns.ts';
import { type FailureList, FailureLog } from './failures.ts';
import { type Check, Faults } from './faults.ts';
import type { KeySpace } from './key-set.ts';
import { placeOfRecord, placeOfRow, sampleOf } from './places.ts';
import { formatFault, isOfRow, ProblemChecks } from './problems.ts';
import type { FileResult, FileState } from './result.ts';
import { RowOutput } from './row-output.ts';
import type { RuleRows, RuleRun } from './rule-run.ts';
import type { RunSink } from './sink.ts';
import { Uniques } from './uniques.ts';

/** What all files of a run share. */
export interface RunContext {
  readonly sink: RunSink;
  readonly failures: FailureList;
  readonly space: KeySpace;
  readonly reading: Pick<ReadOptions, 'signal' | 'scratch'>;
  readonly onProgress: (progress: Progress) => void;
  /** Writes an event into the run's log. */
  readonly tell: (code: FilesCode, values: MessageValues) => Promise<void>;
}

/** How far a run is; told about once per MiB read and once per batch at the most. */
export interface Progress {
  readonly file: string;
  readonly catalog: string;
  /** Records of the file so far, in this pass. */
  readonly rows: number;
  /** Bytes of the file read so far in this pass, packed if it is packed; undefined total: not known. */
  readonly bytes: number;
  readonly totalBytes: number | undefined;
  /** From 1; most files need one. */
  readonly pass: number;
}

/** What one pass over a file does beside the built-in checks. */
export interface PassWork {
  readonly gathering: readonly RuleRun[];
  readonly testing: readonly RuleRun[];
  /** Rules that earlier passes tested row by row: asked again of the rows that they rejected. */
  readonly tested: readonly RuleRun[];
  /** Whether the rows go to the sink. */
  readonly emits: boolean;
}

/** One data file: its passes and what came of them (contract files §6.3). */
export class CatalogRun {
  readonly log: FailureLog;
  readonly formatErrors: FormatFault[] = [];
  state: FileState = 'Procesado';
  passes = 0;
  /** The sink has the rows as all passes so far decide. */
  isEmitted = false;
  rows = 0;
  refused = 0;
  readonly #failedRows = new Bits();
  readonly #uniques: Uniques;
  readonly #problems: ProblemChecks;
  readonly #faults = new Faults();
  readonly #typed: Value[][] = [];
  #columns: Column[] = [];

  constructor(
    readonly catalog: Catalog,
    readonly source: Source,
    private readonly context: RunContext,
  ) {
    this.log = new FailureLog(context.failures, source.name, catalog.id);
    this.#uniques = new Uniques(catalog, context.space);
    this.#problems = new ProblemChecks();
  }

  get records(): number {
    return this.rows + this.refused;
  }

  /** Records with a failure of severity error. */
  get failedRecords(): number {
    return this.#failedRows.count + this.refused;
  }

  /** Reads the file once. A file that cannot be read ends in state `Error`, and the run goes on. */
  async pass(work: PassWork): Promise<void> {
    this.passes++;
    this.rows = 0;
    const { catalog, context } = this;
    this.#columns = catalog.fields.map((field, index) => columnOf(field, index, catalog.format));
    for (const rule of work.gathering) rule.startGathers(catalog.id);
    const output = work.emits && context.sink.takesRows ? new RowOutput(catalog, context.sink) : undefined;
    if (output) await context.sink.begin(catalog, this.source.name);
    try {
      await this.#read(work, output);
    } catch (error) {
      if (!(error instanceof FilesError) || error.errorClass !== 'permanent') throw error;
      await this.fail(error);
      return;
    }
    for (const rule of work.gathering) rule.finishGathers();
    if (work.emits) this.isEmitted = true;
  }

  /** The file cannot be read, or not to its end. */
  async fail(error: FilesError): Promise<void> {
    this.state = 'Error';
    this.log.tick();
    this.#problem({ code: error.code, severity: 'error', line: 0, values: error.values });
    await this.context.failures.flush();
  }

  async #read(work: PassWork, output: RowOutput | undefined): Promise<void> {
    const { source, catalog, context } = this;
    let bytes = 0;
    const tell = () =>
      context.onProgress({
        file: source.name,
        catalog: catalog.id,
        rows: this.records,
        bytes,
        totalBytes: source.sizeBytes,
        pass: this.passes,
      });
    const onProgress = (count: number) => {
      bytes = count;
      tell();
    };
    for await (const batch of readTable(source, catalog, { ...context.reading, onProgress })) {
      await this.#batch(batch, work, output);
      context.reading.signal?.throwIfAborted();
    }
    tell();
  }

  async #batch(batch: TableBatch, work: PassWork, output: RowOutput | undefined): Promise<void> {
    const isFirst = this.passes === 1;
    this.log.tick();
    if (batch.problems.length > 0) this.#takeProblems(batch.problems, isFirst);
    const count = batch.rows.length;
    const typed = this.#typedRows(count);
    const rows: RuleRows = { typed, lines: batch.lines, count, firstNumber: this.rows + 1 };
    const faults = this.#faults;
    faults.clear();
    for (const column of this.#columns) column.run(batch.rows, typed, faults);
    this.#uniques.run(rows, faults);
    this.#problems.run(rows, faults);
    this.#askAgain(rows, work.tested, faults);
    const known = faults.size;
    for (const rule of work.gathering) rule.gather(rows);
    for (const rule of work.testing) rule.test(rows, faults, (row) => this.#sample(rule, rows, row));
    if (faults.size > 0) this.#takeFaults(batch, rows, isFirst ? 0 : known);
    if (output) await output.rows(batch, rows, faults);
    this.rows += count;
    await this.context.failures.flush();
  }

  /** Rows for the values of a batch; the same arrays serve every batch. */
  #typedRows(count: number): Value[][] {
    const { length } = this.catalog.fields;
    while (this.#typed.length < count) this.#typed.push(new Array<Value>(length).fill(null));
    return count === this.#typed.length ? this.#typed : this.#typed.slice(0, count);
  }

  #takeProblems(problems: readonly ReadProblem[], isFirst: boolean): void {
    for (const problem of problems) {
      if (isOfRow(problem)) this.#problems.expect(problem);
      if (!isFirst) continue;
      if (problem.row) this.refused++;
      if (!isOfRow(problem)) this.#problem(problem);
    }
  }

  /** A fault of the file, or of a record that is no row. */
  #problem({ code, severity, line, values, row }: ReadProblem): void {
    const place = () =>
      row ? placeOfRecord(this.catalog, row, line) : { line: line || null, field: null, value: null };
    this.log.add(this.#problems.checkOf(code, severity), place, values);
    if (row || severity !== 'error') return;
    this.formatErrors.push(formatFault(this.context.failures.locale, this.source.name, code, line, values));
  }

  /** What earlier passes found by rules in rows that they rejected. */
  #askAgain(
    { typed, lines, count, firstNumber }: RuleRows,
    tested: readonly RuleRun[],
    faults: Faults,
  ): void {
    if (tested.length === 0 || this.#failedRows.count === 0) return;
    for (let row = 0; row < count; row++) {
      if (!this.#failedRows.has(firstNumber + row)) continue;
      for (const rule of tested)
        if (rule.fails(typed[row] as readonly Value[], firstNumber + row, lines[row] as number))
          faults.add(row, rule.check);
    }
  }

  #sample(rule: RuleRun, { lines }: RuleRows, row: number): void {
    if (rule.samples.length < MOST_SAMPLES)
      rule.samples.push(
        sampleOf(this.catalog, rule.check, this.#typed[row] as readonly Value[], lines[row] as number),
      );
  }

  /** Counts and lists what is new in `faults` from `from` on, by rows. */
  #takeFaults(batch: TableBatch, { lines, firstNumber }: RuleRows, from: number): void {
    const faults = this.#faults;
    const order = Array.from({ length: faults.size - from }, (_, index) => from + index);
    order.sort(
      (left, right) => (faults.rows[left] as number) - (faults.rows[right] as number) || left - right,
    );
    for (const at of order) {
      const row = faults.rows[at] as number;
      const check = faults.checks[at] as Check;
      const first = faults.firsts[at] as number;
      if (check.severity === 'error') this.#failedRows.add(firstNumber + row);
      const line = lines[row] as number;
      const cells = batch.rows[row] as readonly Cell[];
      const values = first > 0 ? { first } : this.#problems.valuesOf(line, check);
      this.log.add(check, () => placeOfRow(this.catalog, check, cells, line), values);
    }
  }

  profile(): CatalogProfile {
    const columns = this.#columns.map((column) => column.profile());
    return { catalog: this.catalog.id, file: this.source.name, records: this.records, columns };
  }

  result(): FileResult {
    const { errors, warnings } = this.log.counts();
    const { records, state } = this;
    return { filename: this.source.name, catalog: this.catalog.id, records, errors, warnings, state };
  }
}

const MOST_SAMPLES = 10;
