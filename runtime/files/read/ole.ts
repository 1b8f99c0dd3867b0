import { pieces } from './bytes.ts';
import type { ReadOptions, Source } from './types.ts';

const ENTRY_BYTES = 128;
/** The stream that an encrypted workbook has; its name begins an entry of the container's directory. */
const ENCRYPTED = Buffer.from('EncryptedPackage\0', 'utf16le');

/** Whether an OLE container is an encrypted workbook and not an old .xls. */
export async function isEncryptedWorkbook(source: Source, { signal }: ReadOptions): Promise<boolean> {
  let rest: Uint8Array = new Uint8Array();
  for await (const piece of pieces(source.bytes(), signal ? { signal } : {})) {
    const bytes = Buffer.concat([rest, piece]);
    let at = 0;
    // Entries of the directory stand at multiples of their size.
    for (; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES)
      if (ENCRYPTED.compare(bytes, at, at + ENCRYPTED.length) === 0) return true;
    rest = bytes.subarray(at);
  }
  return false;
}
