const CHUNK_BITS = 20;
const CHUNK_BYTES = 2 ** CHUNK_BITS;
const HEADER_BYTES = 2;
const WIDE = 0x8000;

/** Most characters of a key; a longer one is put as its digest. */
export const LONGEST_KEY = 8192;
/** Bytes that an entry has at the most. */
export const LARGEST_ENTRY = HEADER_BYTES + 2 * LONGEST_KEY;

/**
 * Keys one after another: two bytes of length, then one byte per unit, or two where one does not do (top bit of the
 * length). An entry lies within one chunk, so that chunks can be written to a file as they are.
 */
export class KeyArena {
  readonly chunks: Uint8Array[] = [];
  #end = CHUNK_BYTES;

  get bytes(): number {
    return this.chunks.length * CHUNK_BYTES;
  }

  /** Answers the entry's place. */
  push(key: string): number {
    const isWide = hasWide(key);
    const size = HEADER_BYTES + (isWide ? 2 : 1) * key.length;
    if (this.#end + size > CHUNK_BYTES) {
      this.chunks.push(new Uint8Array(CHUNK_BYTES));
      this.#end = 0;
    }
    const chunk = this.chunks[this.chunks.length - 1] as Uint8Array;
    const start = this.#end;
    const header = key.length | (isWide ? WIDE : 0);
    chunk[start] = header & 0xff;
    chunk[start + 1] = header >> 8;
    let at = start + HEADER_BYTES;
    for (let index = 0; index < key.length; index++) {
      const code = key.charCodeAt(index);
      chunk[at++] = code & 0xff;
      if (isWide) chunk[at++] = code >> 8;
    }
    this.#end = at;
    return (this.chunks.length - 1) * CHUNK_BYTES + start;
  }

  holds(place: number, key: string): boolean {
    return isEntry(this.chunks[place >>> CHUNK_BITS] as Uint8Array, place & (CHUNK_BYTES - 1), key);
  }
}

/** Whether the entry at `start` is the key. */
export function isEntry(bytes: Uint8Array, start: number, key: string): boolean {
  const header = (bytes[start] as number) | ((bytes[start + 1] as number) << 8);
  const isWide = (header & WIDE) !== 0;
  if ((header & ~WIDE) !== key.length) return false;
  let at = start + HEADER_BYTES;
  for (let index = 0; index < key.length; index++) {
    const code = isWide ? (bytes[at] as number) | ((bytes[at + 1] as number) << 8) : (bytes[at] as number);
    if (code !== key.charCodeAt(index)) return false;
    at += isWide ? 2 : 1;
  }
  return true;
}

function hasWide(key: string): boolean {
  for (let at = 0; at < key.length; at++) if (key.charCodeAt(at) > 0xff) return true;
  return false;
}
