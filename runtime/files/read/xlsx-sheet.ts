import { FilesError } from '../errors.ts';
import type { Cell } from './types.ts';
import { type Book, unescaped } from './xlsx-book.ts';
import { isoOf } from './xlsx-dates.ts';
import { joined } from './xlsx-strings.ts';
import type { Attributes, XmlHandlers } from './xml.ts';

const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;

/** A row that has cells. */
export interface SheetRow {
  /** Its number, from 1. */
  readonly line: number;
  readonly cells: Cell[];
  /** Places of cells that hold an error as `#N/A`; undefined: none. */
  readonly errors: readonly number[] | undefined;
}

const invalid = (): FilesError => new FilesError('XLSX_INVALID', 'permanent');

/** The rows of a sheet, as its parts are parsed. Cells are found by their references; formulas by their last value. */
export class SheetParser implements XmlHandlers {
  #line = 0;
  #column = -1;
  #cells: Cell[] = [];
  #errors: number[] | undefined;
  #type = 'n';
  #style = 0;
  #text = '';
  #isText = false;
  #isPhonetic = false;
  #hasValue = false;

  constructor(
    private readonly book: Book,
    private readonly decimal: string,
    private readonly found: (row: SheetRow) => void,
  ) {}

  open(name: string, attributes: Attributes): void {
    if (name === 'c') this.#openCell(attributes);
    else if (name === 'v') this.#isText = this.#hasValue = true;
    else if (name === 't') {
      this.#isText = !this.#isPhonetic;
      this.#hasValue ||= this.#isText;
    } else if (name === 'row') this.#openRow(attributes);
    else if (name === 'rPh') this.#isPhonetic = true;
  }

  text(text: string): void {
    if (this.#isText) this.#text = joined(this.#text, text);
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#isText = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
    else if (name === 'rPh') this.#isPhonetic = false;
  }

  #openRow({ r }: Attributes): void {
    const line = r === undefined ? this.#line + 1 : Number(r);
    if (!(Number.isInteger(line) && line > this.#line && line <= MOST_ROWS)) throw invalid();
    this.#line = line;
    this.#column = -1;
    this.#cells = [];
    this.#errors = undefined;
  }

  #closeRow(): void {
    if (this.#cells.length === 0) return;
    this.found({ line: this.#line, cells: this.#cells, errors: this.#errors });
    this.#cells = [];
  }

  #openCell({ r, t, s }: Attributes): void {
    const column = r === undefined ? this.#column + 1 : columnOf(r);
    if (!(column > this.#column && column < MOST_COLUMNS) || this.#line === 0) throw invalid();
    this.#column = column;
    this.#type = t ?? 'n';
    this.#style = s === undefined ? 0 : Number(s);
    this.#text = '';
    this.#hasValue = false;
  }

  #closeCell(): void {
    if (!this.#hasValue || this.#column < 0) return;
    const text = this.#value();
    if (text === '') return;
    while (this.#cells.length < this.#column) this.#cells.push(null);
    this.#cells.push(text);
  }

  #value(): string {
    const text = this.#text;
    switch (this.#type) {
      case 's':
        return this.#shared(text);
      case 'n':
        return this.#number(text);
      case 'b':
        return text === '1' || text === 'true' ? 'true' : 'false';
      case 'e':
        this.#errors ??= [];
        this.#errors.push(this.#column);
        return text;
      // An ISO date stands in its cell as it is.
      case 'd':
        return text;
      default:
        return unescaped(text);
    }
  }

  #shared(text: string): string {
    if (text === '') return '';
    const string = /^\s*\d+\s*$/.test(text) ? this.book.strings.get(Number(text)) : undefined;
    if (string === undefined) throw invalid();
    return string;
  }

  #number(text: string): string {
    if (text === '') return '';
    const value = Number(text);
    if (!Number.isFinite(value)) throw invalid();
    const iso = isoOf(value, this.book.styles[this.#style] ?? 'number', this.book.is1904);
    return iso ?? numberText(text, value).replace('.', this.decimal);
  }
}

/** The shortest text of just this number; whole numbers of more digits than a double holds stay as written. */
function numberText(text: string, value: number): string {
  if (/^-?[1-9]\d*$/.test(text)) return text;
  return Number.isInteger(value) && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
}

const A = 65;
const LETTERS = 26;

/** The place of the column in a reference as `BC12`, from 0; NaN: it is none. */
function columnOf(reference: string): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - A;
    if (letter < 0 || letter >= LETTERS) break;
    column = column * LETTERS + letter + 1;
  }
  return at === 0 || at > 3 ? Number.NaN : column - 1;
}
