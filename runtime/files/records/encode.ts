import { FilesError } from '../errors.ts';
import type { Encoding } from '../spec/types.ts';

/** Text in the encoding that a format names; `auto` is UTF-8. Throws RECORD_CHARACTER for what it does not have. */
export function encoded(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    case 'latin1':
      return singleBytes(text, (unit) => (unit <= 0xff ? unit : undefined));
    case 'windows-1252':
      return singleBytes(text, (unit) => (isPlain(unit) ? unit : HIGH.get(unit)));
    default:
      return Buffer.from(text);
  }
}

const isPlain = (unit: number): boolean => unit < 0x80 || (unit >= 0xa0 && unit <= 0xff);

/** 0x80 to 0x9f of windows-1252, as the platform reads them. */
const HIGH = new Map(
  Array.from({ length: 32 }, (_, index) => 0x80 + index).map((byte) => [
    new TextDecoder('windows-1252').decode(Uint8Array.of(byte)).charCodeAt(0),
    byte,
  ]),
);

function singleBytes(text: string, byteOf: (unit: number) => number | undefined): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = byteOf(text.charCodeAt(index));
    if (byte === undefined) {
      const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
      throw new FilesError('RECORD_CHARACTER', 'permanent', { character });
    }
    bytes[index] = byte;
  }
  return bytes;
}
