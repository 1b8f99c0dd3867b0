import { countBreaks, find, type Marks, NONE } from './csv-marks.ts';

export interface Dialect {
  readonly delimiter: string;
  /** Empty: nothing is quoted. */
  readonly quote: string;
  readonly escape: string | undefined;
  /** Whether blanks around quotes are no fault. */
  readonly isTrimmed: boolean;
}

export type FaultCode =
  | 'STRAY_QUOTE'
  | 'UNCLOSED_QUOTE'
  | 'NUL_BYTE'
  | 'ENCODING_INVALID'
  | 'RECORD_TOO_LARGE';

/** `line` counts from the record's first, which is 0; `column` from 1. */
export interface Fault {
  readonly code: FaultCode;
  readonly line: number;
  readonly column: number;
}

/** A record that was read, faulty or not. */
export interface ScannedRecord {
  readonly cells: readonly string[];
  readonly fault: Fault | undefined;
  /** Where the next record begins, and how many physical lines further. */
  readonly next: number;
  readonly lines: number;
  /** Where its last line ends. */
  readonly end: number;
}

/** What may be read of a record: `limit` is the text's end, or where a record is too large. */
export interface Bounds {
  readonly start: number;
  readonly limit: number;
  /** Nothing comes behind `limit` that could still belong to the record. */
  readonly isOver: boolean;
  /** `limit` is the end of the file. */
  readonly isLast: boolean;
}

/**
 * Reads the record with quotes at `start`. Undefined: more text is needed. What is wrong with it costs no more than
 * its own lines: after an unclosed quote reading goes on at the line after the quote.
 */
export class RecordReader {
  #cells: string[] = [];
  #fault: Fault | undefined;
  #lines = 0;

  constructor(
    private readonly marks: Marks,
    private readonly dialect: Dialect,
    private readonly bounds: Bounds,
  ) {}

  read(): ScannedRecord | undefined {
    let at = this.bounds.start;
    for (;;) {
      const quote = this.#quoteAt(at);
      const found = quote < 0 ? this.#plain(at) : this.#quoted(quote);
      if (found === undefined) return undefined;
      if (typeof found !== 'number') return found;
      // `found` is where the cell ends: at a delimiter or at the record's end.
      if (found >= this.bounds.limit || this.marks.lineEnd(found) === found) return this.#finish(found);
      at = found + this.dialect.delimiter.length;
    }
  }

  /** The place of the quote that begins a cell; -1: it is not quoted. */
  #quoteAt(at: number): number {
    const { text } = this.marks;
    const place = this.#behindBlanks(at);
    return place < this.bounds.limit && text.startsWith(this.dialect.quote, place) ? place : -1;
  }

  #behindBlanks(at: number): number {
    if (!this.dialect.isTrimmed) return at;
    const { text, delimiterChar } = this.marks;
    let place = at;
    while (place < this.bounds.limit && (text[place] === ' ' || text[place] === '\t')) {
      if (text[place] === delimiterChar) break;
      place++;
    }
    return place;
  }

  /** Where the cell ends that begins at `at` or goes on there; undefined: more text is needed. */
  #stop(at: number): number | undefined {
    const stop = Math.min(this.marks.delimiter(at), this.marks.lineEnd(at));
    if (stop < this.bounds.limit) return stop;
    return this.bounds.isOver ? this.bounds.limit : undefined;
  }

  #plain(at: number): number | ScannedRecord | undefined {
    const stop = this.#stop(at);
    if (stop === undefined) return undefined;
    if (this.marks.quote(at) < stop) this.#note('STRAY_QUOTE');
    this.#cells.push(this.marks.text.slice(at, stop));
    return stop;
  }

  #quoted(quote: number): number | ScannedRecord | undefined {
    const { text } = this.marks;
    const { limit, isOver } = this.bounds;
    const close = this.#closing(quote + 1);
    if (close >= limit) return isOver ? this.#unclosed(quote) : undefined;
    const raw = text.slice(quote + 1, close);
    const breaks = countBreaks(raw);
    const at = this.#behindBlanks(close + 1);
    if (at >= limit && !isOver) return undefined;
    const isEnd = at >= limit || this.marks.lineEnd(at) === at || this.marks.delimiter(at) === at;
    // Text behind the quote of a cell of several lines: it is an unclosed one, and this quote opens another cell.
    if (!isEnd && breaks > 0) return this.#unclosed(quote);
    const stop = isEnd ? at : this.#stop(at);
    if (stop === undefined) return undefined;
    if (!isEnd) this.#note('STRAY_QUOTE');
    this.#cells.push(isEnd ? this.#unescaped(raw) : text.slice(quote, stop));
    this.#lines += breaks;
    return stop;
  }

  /** Where the quote is closed that was opened before `from`; NONE where more text must tell. */
  #closing(from: number): number {
    const { quote, escape: taker } = this.dialect;
    return taker === undefined || taker === quote
      ? this.#closingDoubled(from)
      : this.#closingEscaped(from, taker);
  }

  #closingDoubled(from: number): number {
    const { text } = this.marks;
    const { limit, isOver } = this.bounds;
    for (let at = from; ; at += 2) {
      at = find(text, this.dialect.quote, at);
      if (at >= limit || (at + 1 >= limit && !isOver)) return NONE;
      if (at + 1 >= limit || text[at + 1] !== this.dialect.quote) return at;
    }
  }

  #closingEscaped(from: number, taker: string): number {
    const { text } = this.marks;
    let escaped = find(text, taker, from);
    let at = find(text, this.dialect.quote, from);
    while (escaped < at && at < NONE) {
      if (at === escaped + 1) at = find(text, this.dialect.quote, at + 1);
      escaped = find(text, taker, escaped + 2);
    }
    return at;
  }

  #unescaped(raw: string): string {
    const { quote, escape: taker } = this.dialect;
    if (taker === undefined || taker === quote)
      return raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw;
    if (!raw.includes(taker)) return raw;
    let text = '';
    for (let at = 0; at < raw.length; at++) {
      if (raw[at] === taker && at + 1 < raw.length) at++;
      text += raw[at];
    }
    return text;
  }

  #note(code: FaultCode): void {
    this.#fault ??= { code, line: this.#lines, column: this.#cells.length + 1 };
  }

  /** The record ends with the line of its open quote; what follows is read anew. */
  #unclosed(quote: number): ScannedRecord | undefined {
    const { limit, isOver, isLast } = this.bounds;
    // Reading turns back.
    this.marks.reset();
    const end = Math.min(this.marks.lineEnd(quote), limit);
    if (end < limit && this.marks.isHalf(end) && !isOver) return undefined;
    this.#fault = undefined;
    this.#note(end < limit || isLast ? 'UNCLOSED_QUOTE' : 'RECORD_TOO_LARGE');
    this.#cells.push(this.marks.text.slice(quote, end));
    return this.#finish(end);
  }

  #finish(end: number): ScannedRecord | undefined {
    const { limit, isOver, isLast } = this.bounds;
    const isLine = end < limit;
    if (isLine && this.marks.isHalf(end) && !isOver) return undefined;
    if (!isLine && !isLast) {
      this.#fault = undefined;
      this.#note('RECORD_TOO_LARGE');
    }
    const next = isLine ? this.marks.after(end) : limit;
    return { cells: this.#cells, fault: this.#fault, next, lines: this.#lines + 1, end };
  }
}
