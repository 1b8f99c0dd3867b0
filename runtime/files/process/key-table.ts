import { randomInt } from 'node:crypto';
import { KeyArena } from './key-arena.ts';

/** Slots of a new table: a power of two. */
const FIRST_SLOTS = 1024;
/** Numbers per slot: both halves of the hash, the key's place + 1 (0: the slot is free), the line. */
export const STRIDE = 4;
export const SLOT_BYTES = STRIDE * 4;
const MOST_LOAD = 0.75;

/** A 64-bit hash in two halves. The same object is used for every key. */
export interface Hash {
  low: number;
  high: number;
}

/** Differs per process, so that nobody can prepare keys that all meet in one slot. */
const SEED = randomInt(2 ** 31);

export function hashKey(key: string, into: Hash): void {
  let low = SEED;
  let high = ~SEED;
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    low = Math.imul(low ^ code, 0x9e37_79b1);
    high = Math.imul(high + code, 0x2545_f491) ^ (high >>> 15);
  }
  low = Math.imul(low ^ (low >>> 15) ^ high, 0x5851_f42d);
  high = Math.imul(high ^ (high >>> 16) ^ key.length, 0x14c5_7b7f);
  low ^= (low >>> 13) ^ (high >>> 7);
  high ^= (high >>> 14) ^ (low >>> 11);
  into.low = Math.imul(low, 0x9e37_79b1) >>> 0;
  into.high = Math.imul(high, 0x85eb_ca77) >>> 0;
}

/**
 * An open-addressing table of hashes in one typed array (contract files §6.3), with the keys' bytes beside it: a
 * hash that is met again is confirmed on the key, so that every answer is exact.
 */
export class KeyTable {
  slots = new Uint32Array(FIRST_SLOTS * STRIDE);
  readonly arena = new KeyArena();
  count = 0;

  get capacity(): number {
    return this.slots.length / STRIDE;
  }

  get bytes(): number {
    return this.slots.byteLength + this.arena.bytes;
  }

  get isFull(): boolean {
    return this.count >= this.capacity * MOST_LOAD;
  }

  /** The line that the key was put with; 0: it is not here. */
  find(key: string, { low, high }: Hash): number {
    const { slots } = this;
    const mask = this.capacity - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * STRIDE;
      const place = slots[at + 2] as number;
      if (place === 0) return 0;
      if (slots[at] === low && slots[at + 1] === high && this.arena.holds(place - 1, key))
        return slots[at + 3] as number;
    }
  }

  /** Puts a key that is not here, into a table that is not full. */
  insert(key: string, { low, high }: Hash, line: number): void {
    this.count++;
    this.#place(low, high, this.arena.push(key) + 1, line);
  }

  grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += STRIDE)
      if (old[at + 2] !== 0)
        this.#place(old[at] as number, old[at + 1] as number, old[at + 2] as number, old[at + 3] as number);
  }

  #place(low: number, high: number, place: number, line: number): void {
    const { slots } = this;
    const mask = this.capacity - 1;
    let slot = low & mask;
    while (slots[slot * STRIDE + 2] !== 0) slot = (slot + 1) & mask;
    const at = slot * STRIDE;
    slots[at] = low;
    slots[at + 1] = high;
    slots[at + 2] = place;
    slots[at + 3] = line;
  }
}
