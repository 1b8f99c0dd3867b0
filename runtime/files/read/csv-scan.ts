import { countBreaks, Marks, NONE } from './csv-marks.ts';
import { type Dialect, type FaultCode, RecordReader, type ScannedRecord } from './csv-record.ts';
import type { Cell } from './types.ts';

/** A longer record is refused, so that an unclosed quote does not gather the file in memory. Characters. */
const LARGEST_RECORD = 2 ** 22;
/** Text that ends within a record longer than this waits until it has doubled, so that no record is read too often. */
const SMALL = 2 ** 16;

export interface ScanOptions extends Dialect {
  /** A line that begins with it is skipped. */
  readonly comment: string | undefined;
  /** Physical lines to skip at the start. */
  readonly skipRows: number;
  /** Default 4 Mi characters. */
  readonly largestRecord?: number;
}

/** Takes what the scanner finds. An empty cell is null; `line` is the record's first, `column` counts from 1. */
export interface RecordSink {
  record(cells: Cell[], line: number): void;
  fault(code: FaultCode, line: number, column: number, cells: readonly string[]): void;
  mixedLineEnds(line: number): void;
}

const LINE_ENDS = { lf: 1, cr: 2, crlf: 3 } as const;

/** RFC 4180 with exact physical lines, of text in pieces that may be cut anywhere (contract files §4.3). */
export class CsvScanner {
  #marks: Marks;
  #at = 0;
  #line = 1;
  #least = 0;
  #skipRows: number;
  #isSkipping = false;
  #lineEnd = 0;
  /** A byte of the file was no character: records are searched for its mark. */
  hasInvalid = false;
  readonly #largest: number;

  constructor(
    private readonly options: ScanOptions,
    private readonly sink: RecordSink,
  ) {
    this.#marks = new Marks('', options.delimiter, options.quote);
    this.#skipRows = options.skipRows;
    this.#largest = options.largestRecord ?? LARGEST_RECORD;
  }

  push(text: string): void {
    const rest = this.#marks.text.slice(this.#at);
    this.#marks = new Marks(rest + text, this.options.delimiter, this.options.quote);
    this.#at = 0;
  }

  /** Reads at most `most` records; true: there may be more of them without more text. */
  scan(most: number, isLast: boolean): boolean {
    const { text } = this.#marks;
    if (!isLast && text.length < this.#least) return false;
    for (let count = 0; count < most; count++) {
      if (this.#at >= text.length || !this.#step(isLast)) {
        const rest = text.length - this.#at;
        this.#least = rest > SMALL ? 2 * rest : 0;
        return false;
      }
    }
    return true;
  }

  /** Reads a record or line; false: more text is needed. */
  #step(isLast: boolean): boolean {
    const at = this.#at;
    const marks = this.#marks;
    const found = marks.lineEnd(at);
    const end = found === NONE ? marks.text.length : found;
    if (this.#skipRows > 0 || this.#isSkipping || this.#isComment(at)) return this.#skipLine(found, isLast);
    const isTooLarge = end - at >= this.#largest;
    if (!isLast && !isTooLarge && (found === NONE || marks.isHalf(end))) return false;
    if (marks.quote(at) < end) return this.#quotedRecord(isLast);
    if (isTooLarge) return this.#tooLarge(at, 0);
    if (end > at) {
      const cells = this.#cells(at, end);
      if (marks.nul(at) < end) this.sink.fault('NUL_BYTE', this.#line, columnOf(cells, '\0'), texts(cells));
      else if (this.hasInvalid && !isWellFormed(cells)) this.#invalid(texts(cells));
      else this.sink.record(cells, this.#line);
    }
    this.#nextLine(end, found === NONE ? end : marks.after(end));
    return true;
  }

  #isComment(at: number): boolean {
    return this.options.comment !== undefined && this.#marks.text.startsWith(this.options.comment, at);
  }

  /** Drops what is here of a line; it need not be here as a whole. */
  #skipLine(found: number, isLast: boolean): boolean {
    const { text } = this.#marks;
    this.#isSkipping = true;
    if (found === NONE) {
      this.#at = text.length;
      return false;
    }
    if (!isLast && this.#marks.isHalf(found)) {
      this.#at = found;
      return false;
    }
    this.#isSkipping = false;
    if (this.#skipRows > 0) this.#skipRows--;
    this.#nextLine(found, this.#marks.after(found));
    return true;
  }

  /** The cells of a line without quotes: the way of nearly all lines of nearly all files. */
  #cells(from: number, end: number): Cell[] {
    const { text } = this.#marks;
    const width = this.options.delimiter.length;
    const cells: Cell[] = [];
    let at = from;
    for (let stop = this.#marks.delimiter(at); stop < end; stop = this.#marks.delimiter(at)) {
      cells.push(stop === at ? null : text.slice(at, stop));
      at = stop + width;
    }
    cells.push(at === end ? null : text.slice(at, end));
    return cells;
  }

  #quotedRecord(isLast: boolean): boolean {
    const { text } = this.#marks;
    const start = this.#at;
    const limit = Math.min(text.length, start + this.#largest);
    const bounds = {
      start,
      limit,
      isOver: isLast || limit < text.length,
      isLast: isLast && limit === text.length,
    };
    const record = new RecordReader(this.#marks, this.options, bounds).read();
    if (record === undefined) return false;
    if (record.fault?.code === 'RECORD_TOO_LARGE') {
      return this.#tooLarge(record.next, record.lines - 1);
    }
    this.#report(record, text.slice(start, record.next));
    this.#line += record.lines - 1;
    this.#nextLine(record.end, record.next);
    return true;
  }

  #report({ cells, fault, next }: ScannedRecord, raw: string): void {
    if (fault) this.sink.fault(fault.code, this.#line + fault.line, fault.column, cells);
    else if (this.#marks.nul(this.#at) < next) {
      const line = this.#line + countBreaks(raw.slice(0, raw.indexOf('\0')));
      this.sink.fault('NUL_BYTE', line, columnOf(cells, '\0'), cells);
    } else if (this.hasInvalid && !raw.isWellFormed()) this.#invalid(cells);
    else
      this.sink.record(
        cells.map((cell) => cell || null),
        this.#line,
      );
  }

  #invalid(cells: readonly string[]): void {
    const column = cells.findIndex((cell) => !cell.isWellFormed()) + 1;
    this.sink.fault(
      'ENCODING_INVALID',
      this.#line,
      column,
      cells.map((cell) => cell.toWellFormed()),
    );
  }

  /** Refuses the record and drops the text up to the end of the line in which it became too large. */
  #tooLarge(from: number, lines: number): boolean {
    this.sink.fault('RECORD_TOO_LARGE', this.#line, 1, []);
    this.#isSkipping = true;
    this.#line += lines;
    this.#at = from;
    return true;
  }

  #nextLine(end: number, next: number): void {
    this.#line++;
    this.#at = next;
    const { text } = this.#marks;
    if (end >= text.length) return;
    const kind =
      next - end === 2 ? LINE_ENDS.crlf : text.charCodeAt(end) === 10 ? LINE_ENDS.lf : LINE_ENDS.cr;
    if (kind === this.#lineEnd) return;
    if (this.#lineEnd !== 0) this.sink.mixedLineEnds(this.#line - 1);
    this.#lineEnd = kind;
  }
}

const texts = (cells: readonly Cell[]): string[] => cells.map((cell) => cell ?? '');

const isWellFormed = (cells: readonly Cell[]): boolean => cells.every((cell) => cell?.isWellFormed() ?? true);

const columnOf = (cells: readonly Cell[], what: string): number =>
  cells.findIndex((cell) => cell?.includes(what)) + 1;
