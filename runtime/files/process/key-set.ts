import { createHash } from 'node:crypto';
import type { KeySet } from '../rules/plan.ts';
import { LONGEST_KEY } from './key-arena.ts';
import { KeyPartition } from './key-partition.ts';
import { type Hash, hashKey, KeyTable } from './key-table.ts';

/** Bytes that a set may hold in memory whatever the others do. */
const LEAST_BYTES = 2 ** 21;

/** Keys of a run, within a memory budget: what is above it lies in files of the folder (contract files §6.3). */
export class KeySpace {
  readonly #sets: Keys[] = [];

  constructor(
    /** Default of a run: 60 % of the memory that it may use. */
    private readonly budgetBytes: number,
    /** Exists and is the run's own. */
    private readonly folder: string,
  ) {}

  keySet(): Keys {
    const set = new Keys(this.folder, (bytes) => this.#makeRoom(bytes));
    this.#sets.push(set);
    return set;
  }

  /** Moves the largest sets to files until there is room for so many more bytes. */
  #makeRoom(bytes: number): void {
    let used = bytes + this.#sets.reduce((sum, set) => sum + set.bytes, 0);
    while (used > this.budgetBytes) {
      const largest = this.#sets.reduce((most, set) => (set.tableBytes > most.tableBytes ? set : most));
      if (largest.tableBytes < LEAST_BYTES) return;
      used -= largest.tableBytes;
      largest.moveToFile();
    }
  }

  close(): void {
    for (const set of this.#sets) set.close();
    this.#sets.length = 0;
  }
}

/** A set of keys, each with the line that it was first put with. */
export class Keys implements KeySet {
  #table = new KeyTable();
  readonly #partitions: KeyPartition[] = [];
  readonly #hash: Hash = { low: 0, high: 0 };

  constructor(
    private readonly folder: string,
    private readonly makeRoom: (bytes: number) => void,
  ) {}

  get tableBytes(): number {
    return this.#table.bytes;
  }

  get bytes(): number {
    return this.#partitions.reduce((sum, { bytes }) => sum + bytes, this.#table.bytes);
  }

  /** The line of the key's first `put`, from 1; 0: the key is new. */
  put(key: string, line: number): number {
    const short = shortened(key);
    const found = this.#find(short);
    if (found !== 0) return found;
    if (this.#table.isFull) {
      // May move this very table to a file.
      this.makeRoom(this.#table.slots.byteLength * 2);
      if (this.#table.isFull) this.#table.grow();
    }
    this.#table.insert(short, this.#hash, line);
    return 0;
  }

  add(key: string): boolean {
    return this.put(key, 1) === 0;
  }

  has(key: string): boolean {
    return this.#find(shortened(key)) !== 0;
  }

  #find(key: string): number {
    const hash = this.#hash;
    hashKey(key, hash);
    let line = this.#table.find(key, hash);
    for (let at = 0; line === 0 && at < this.#partitions.length; at++)
      line = (this.#partitions[at] as KeyPartition).find(key, hash);
    return line;
  }

  moveToFile(): void {
    this.#partitions.push(new KeyPartition(this.folder, this.#table));
    this.#table = new KeyTable();
  }

  close(): void {
    for (const partition of this.#partitions.splice(0)) partition.close();
    this.#table = new KeyTable();
  }
}

const shortened = (key: string): string =>
  key.length <= LONGEST_KEY ? key : `\0${createHash('sha256').update(key, 'utf16le').digest('base64')}`;
