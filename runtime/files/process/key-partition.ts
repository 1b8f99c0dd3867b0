import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FilesError } from '../errors.ts';
import { isEntry, LARGEST_ENTRY } from './key-arena.ts';
import { type Hash, type KeyTable, SLOT_BYTES, STRIDE } from './key-table.ts';

const PAGE_SLOTS = 64;
/** Bits that a key sets in the filter; with 8 bits per slot about one absent key in 300 reads the file in vain. */
const FILTER_PROBES = 4;

let serial = 0;

/**
 * A full table moved to a file: its slots as they are, then its keys. In memory stays one byte per slot, a filter
 * that tells for nearly every absent key that it is not here.
 */
export class KeyPartition {
  readonly #file: number;
  readonly #mask: number;
  readonly #filter: Uint8Array;
  readonly #filterMask: number;
  readonly #page = new Uint32Array(PAGE_SLOTS * STRIDE);
  readonly #entry = new Uint8Array(LARGEST_ENTRY);

  constructor(folder: string, table: KeyTable) {
    this.#mask = table.capacity - 1;
    this.#filter = new Uint8Array(table.capacity);
    this.#filterMask = table.capacity * 8 - 1;
    const { slots } = table;
    for (let at = 0; at < slots.length; at += STRIDE)
      if (slots[at + 2] !== 0) this.#mark(slots[at] as number, slots[at + 1] as number);
    this.#file = written(join(folder, `keys-${process.pid}-${serial++}`), table);
  }

  get bytes(): number {
    return this.#filter.byteLength;
  }

  #mark(low: number, high: number): void {
    for (let probe = 0; probe < FILTER_PROBES; probe++) {
      const bit = (high + Math.imul(low | 1, probe)) & this.#filterMask;
      (this.#filter[bit >>> 3] as number) |= 1 << (bit & 7);
    }
  }

  #mayHold(low: number, high: number): boolean {
    for (let probe = 0; probe < FILTER_PROBES; probe++) {
      const bit = (high + Math.imul(low | 1, probe)) & this.#filterMask;
      if (((this.#filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }

  /** The line of the key; 0: it is not here. */
  find(key: string, { low, high }: Hash): number {
    if (!this.#mayHold(low, high)) return 0;
    let slot = low & this.#mask;
    for (;;) {
      const count = Math.min(PAGE_SLOTS, this.#mask + 1 - slot);
      readSync(this.#file, this.#page, 0, count * SLOT_BYTES, slot * SLOT_BYTES);
      for (let at = 0; at < count * STRIDE; at += STRIDE) {
        const place = this.#page[at + 2] as number;
        if (place === 0) return 0;
        if (this.#page[at] === low && this.#page[at + 1] === high && this.#isAt(place - 1, key))
          return this.#page[at + 3] as number;
      }
      slot = (slot + count) & this.#mask;
    }
  }

  #isAt(place: number, key: string): boolean {
    const start = (this.#mask + 1) * SLOT_BYTES + place;
    readSync(this.#file, this.#entry, 0, Math.min(LARGEST_ENTRY, 2 + 2 * key.length), start);
    return isEntry(this.#entry, 0, key);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The open file; it has no name any more, so that nothing stays of it whatever happens. */
function written(path: string, { slots, arena }: KeyTable): number {
  let file: number | undefined;
  try {
    file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    for (const part of [slots, ...arena.chunks]) writeAll(file, part);
    return file;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw new FilesError('KEY_SPACE_FULL', 'hold', {}, { cause: error });
  }
}

function writeAll(file: number, { buffer, byteOffset, byteLength }: Uint8Array | Uint32Array): void {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
