import { FilesError } from '../errors.ts';
import { openArchive } from './archive.ts';
import { kindOf } from './sniff.ts';
import type { ReadOptions, Source } from './types.ts';

/** A file of a delivery, read straight out of the archive: nothing is unpacked under a name that the archive gives. */
export interface ZipMember extends Source {
  /** As in the archive, with `/` between folders. */
  readonly name: string;
  readonly sizeBytes: number;
}

export interface ZipDelivery {
  /** In the order of the archive's directory, without folders. */
  readonly members: readonly ZipMember[];
  /** Nothing of it may be read afterwards. */
  close(): Promise<void>;
}

const isWorkbook = (name: string): boolean => /\.xls[xm]$/i.test(name);

/**
 * Opens a ZIP delivery. Refused as a whole, with a code each: unsafe names, links, encryption, another ZIP within,
 * names twice, more than 10,000 files or 8 GiB, more than 200 to 1. Sizes and checksums are compared while reading.
 */
export async function openZip(source: Source, options: ReadOptions = {}): Promise<ZipDelivery> {
  const archive = await openArchive(source, options);
  const refuse = (name: string) => new FilesError('ZIP_NESTED', 'permanent', { member: name.slice(0, 200) });
  const signal = options.signal ? { signal: options.signal } : {};
  const members = [...archive.entries.values()].map((entry) => ({
    name: entry.name,
    sizeBytes: entry.sizeBytes,
    async *bytes() {
      let isFirst = true;
      for await (const piece of archive.bytes(entry, signal)) {
        if (isFirst && kindOf(piece) === 'zip' && !isWorkbook(entry.name)) throw refuse(entry.name);
        isFirst = false;
        yield piece;
      }
    },
  }));
  const nested = members.find(({ name }) => /\.zip$/i.test(name));
  if (nested) {
    await archive.close();
    throw refuse(nested.name);
  }
  return { members, close: () => archive.close() };
}
