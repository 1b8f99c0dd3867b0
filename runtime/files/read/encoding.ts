import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from '../spec/types.ts';
import type { ReadProblem } from './types.ts';

type Known = Exclude<Encoding, 'auto'>;

const BOMS: readonly (readonly [Known, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
const LONGEST_BOM = 3;
const LONGEST_SEQUENCE = 4;

/**
 * Bytes to text, piece by piece (contract files §4.3). `auto` is decided by a BOM, else by the first character that
 * is not ASCII: UTF-8 when it is valid there, windows-1252 with ENCODING_FALLBACK when not. A byte that the encoding
 * does not know becomes a lone surrogate, which no valid text holds, so that the scanner finds its record.
 */
export class Decoder {
  readonly problems: ReadProblem[] = [];
  /** From the first byte on that is no character; never true for windows-1252 and latin1. */
  hasInvalid = false;
  #encoding: Encoding;
  #held: Uint8Array = new Uint8Array();
  #isStarted = false;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  push(bytes: Uint8Array): string {
    return this.#decode(this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes, false);
  }

  end(): string {
    return this.#decode(this.#held, true);
  }

  #decode(given: Uint8Array, isLast: boolean): string {
    let bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    this.#held = bytes.subarray(0, 0);
    if (!this.#isStarted) {
      if (bytes.length < LONGEST_BOM && !isLast) return this.#hold(bytes);
      this.#isStarted = true;
      bytes = bytes.subarray(this.#bom(bytes));
    }
    if (this.#encoding === 'auto') {
      if (isAscii(bytes)) return bytes.toString('latin1');
      const first = bytes.findIndex((byte) => byte >= 0x80);
      if (first + LONGEST_SEQUENCE > bytes.length && !isLast)
        return bytes.toString('latin1', 0, first) + this.#hold(bytes.subarray(first));
      this.#choose(sequenceLength(bytes, first) > 0);
    }
    return this.#known(bytes, isLast);
  }

  #hold(bytes: Uint8Array): '' {
    this.#held = Uint8Array.from(bytes);
    return '';
  }

  #bom(bytes: Uint8Array): number {
    const found = BOMS.find(([, bom]) => bom.every((byte, index) => bytes[index] === byte));
    if (!found) return 0;
    const [encoding, bom] = found;
    if (this.#encoding !== 'auto' && this.#encoding !== encoding)
      this.#warn('ENCODING_BOM', { expected: this.#encoding, found: encoding });
    this.#encoding = encoding;
    return bom.length;
  }

  #choose(isValid: boolean): void {
    this.#encoding = isValid ? 'utf-8' : 'windows-1252';
    if (!isValid) this.#warn('ENCODING_FALLBACK', {});
  }

  #warn(code: 'ENCODING_BOM' | 'ENCODING_FALLBACK', values: ReadProblem['values']): void {
    this.problems.push({ code, severity: 'warning', line: 0, values });
  }

  #known(bytes: Buffer, isLast: boolean): string {
    if (this.#encoding === 'windows-1252') return windows1252(bytes);
    if (this.#encoding === 'latin1') return bytes.toString('latin1');
    if (this.#encoding === 'utf-8') return this.#utf8(bytes, isLast);
    return this.#utf16(bytes, isLast);
  }

  #utf8(bytes: Buffer, isLast: boolean): string {
    const end = isLast ? bytes.length : wholeLength(bytes);
    if (end < bytes.length) this.#hold(bytes.subarray(end));
    const whole = bytes.subarray(0, end);
    if (isAscii(whole)) return whole.toString('latin1');
    if (isUtf8(whole)) return whole.toString('utf8');
    this.hasInvalid = true;
    return withMarks(whole);
  }

  #utf16(bytes: Buffer, isLast: boolean): string {
    // Halves of characters that stand alone are found by the scanner, whose pieces are whole.
    this.hasInvalid = true;
    const end = bytes.length - (bytes.length % 2);
    const odd = bytes.subarray(end);
    if (!isLast && odd.length > 0) this.#hold(odd);
    const pairs = bytes.subarray(0, end);
    const text = (this.#encoding === 'utf-16be' ? Buffer.from(pairs).swap16() : pairs).toString('utf16le');
    return isLast && odd.length > 0 ? `${text}${mark(odd[0] ?? 0)}` : text;
  }
}

const mark = (byte: number): string => String.fromCharCode(0xdc00 + byte);

/** How many bytes the character at `at` has; 0: there is no valid one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  return length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

/** The length without a character at the end that goes on in the next piece. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back < LONGEST_SEQUENCE && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** UTF-8 with every byte that belongs to no character as a lone surrogate. */
function withMarks(bytes: Buffer): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      parts.push(bytes.toString('utf8', from, at), mark(bytes[at] ?? 0));
      from = at + 1;
    }
    at += length || 1;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.join('');
}

/** 0x80 to 0x9F as the WHATWG encoding standard has them; its five unassigned ones stay control characters. */
const HIGH =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const windows1252 = (bytes: Buffer): string =>
  bytes.toString('latin1').replaceAll(/[\x80-\x9f]/g, (char) => HIGH[char.charCodeAt(0) - 0x80] ?? char);
