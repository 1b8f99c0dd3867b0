import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { FilesError } from '../errors.ts';

const PAGE_BYTES = 2 ** 20;
/** 64 MiB; what is beyond goes to the scratch folder. */
const PAGES_IN_MEMORY = 64;
const MOST_STRINGS = 2 ** 24;
/** Excel admits 32,767 characters in a cell. */
const LONGEST = 2 ** 17;
const CACHED = 4096;
const CACHED_LENGTH = 64;

const tooLarge = (): FilesError => new FilesError('XLSX_TOO_LARGE', 'permanent');

/** The text of a cell, put together from its parts; refuses what no workbook may hold. */
export function joined(before: string, text: string): string {
  if (before.length + text.length > LONGEST) throw tooLarge();
  return before + text;
}

export interface StringTableOptions {
  readonly scratch: string | undefined;
  /** Default 64 pages of 1 MiB. */
  readonly pagesInMemory?: number;
}

/** The shared strings of a workbook by their number, at most 64 MiB of them in memory. */
export class StringTable {
  #pages: Buffer[] = [];
  #page = Buffer.allocUnsafe(PAGE_BYTES);
  #used = 0;
  /** Where the current page begins among all bytes. */
  #base = 0;
  #starts = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #count = 0;
  #folder: string | undefined;
  #file: number | undefined;
  #cachedIds = new Int32Array(CACHED).fill(-1);
  #cached: string[] = [];
  readonly #most: number;

  constructor(private readonly options: StringTableOptions) {
    this.#most = options.pagesInMemory ?? PAGES_IN_MEMORY;
  }

  add(text: string): void {
    if (this.#count === MOST_STRINGS) throw tooLarge();
    if (this.#count === this.#starts.length) this.#grow();
    const length = Buffer.byteLength(text);
    if (this.#used + length > PAGE_BYTES) this.#turn();
    this.#page.write(text, this.#used);
    this.#starts[this.#count] = this.#base + this.#used;
    this.#lengths[this.#count++] = length;
    this.#used += length;
  }

  /** Undefined: there is no such string. */
  get(id: number): string | undefined {
    const slot = id % CACHED;
    if (this.#cachedIds[slot] === id) return this.#cached[slot];
    const start = this.#starts[id];
    const length = this.#lengths[id];
    if (!(id >= 0 && id < this.#count) || start === undefined || length === undefined) return undefined;
    const text = this.#read(start, length);
    if (text.length <= CACHED_LENGTH) {
      this.#cachedIds[slot] = id;
      this.#cached[slot] = text;
    }
    return text;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#file = this.#folder = undefined;
  }

  #grow(): void {
    const [starts, lengths] = [this.#starts, this.#lengths];
    this.#starts = new Float64Array(starts.length * 2);
    this.#starts.set(starts);
    this.#lengths = new Uint32Array(lengths.length * 2);
    this.#lengths.set(lengths);
  }

  #turn(): void {
    if (this.#pages.length < this.#most) {
      this.#pages.push(this.#page);
      this.#page = Buffer.allocUnsafe(PAGE_BYTES);
    } else writeSync(this.#spill(), this.#page, 0, PAGE_BYTES, this.#base);
    this.#base += PAGE_BYTES;
    this.#used = 0;
  }

  #spill(): number {
    if (this.#file !== undefined) return this.#file;
    if (this.options.scratch === undefined) throw new FilesError('SCRATCH_MISSING', 'permanent');
    this.#folder = mkdtempSync(path.join(this.options.scratch, 'strings-'));
    this.#file = openSync(path.join(this.#folder, 'data'), 'wx+');
    return this.#file;
  }

  #read(start: number, length: number): string {
    const index = Math.floor(start / PAGE_BYTES);
    const page = start >= this.#base ? this.#page : this.#pages[index];
    const from = start % PAGE_BYTES;
    if (page) return page.toString('utf8', from, from + length);
    const bytes = Buffer.allocUnsafe(length);
    readSync(this.#spill(), bytes, 0, length, start);
    return bytes.toString('utf8');
  }
}
