import { type ZipOptions, type Zippable, zipSync } from 'fflate';

export type ZipContent = Readonly<
  Record<string, Uint8Array | string | readonly [Uint8Array | string, ZipOptions]>
>;

/** A ZIP file of the given names and contents; deterministic. */
export function zip(files: ZipContent): Buffer {
  const bytes = (content: Uint8Array | string) =>
    typeof content === 'string' ? Buffer.from(content) : content;
  const entries: Zippable = {};
  for (const [name, content] of Object.entries(files))
    entries[name] =
      typeof content === 'string' || content instanceof Uint8Array
        ? bytes(content)
        : [bytes(content[0]), content[1]];
  return Buffer.from(zipSync(entries, { mtime: '1980-01-02', level: 6 }));
}

const LOCAL = 'PK\x03\x04';
const CENTRAL = 'PK\x01\x02';

/** Changes both headers of the n-th file: `change` is given the part of a header that both kinds share. */
export function patchHeaders(archive: Buffer, nth: number, change: (shared: Buffer) => void): Buffer {
  const changed = Buffer.from(archive);
  for (const [mark, offset] of [
    [LOCAL, 4],
    [CENTRAL, 6],
  ] as const) {
    let at = changed.indexOf(mark, 0, 'latin1');
    for (let skip = 0; skip < nth; skip++) at = changed.indexOf(mark, at + 1, 'latin1');
    change(changed.subarray(at + offset));
  }
  return changed;
}

/** Places within the part that both headers share: version needed, flags, method, time, date, CRC, sizes. */
export const SHARED = { flags: 2, method: 4, crc32: 10, packedBytes: 14, sizeBytes: 18 } as const;
