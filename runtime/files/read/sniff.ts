import { peeked, pieces } from './bytes.ts';
import type { Source } from './types.ts';

const KINDS = {
  /** A ZIP archive or a workbook (.xlsx). */
  zip: ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'],
  /** An older Office document (.xls) or an encrypted newer one. */
  ole: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  gzip: ['\x1f\x8b'],
} as const;

/** What a file is by its first bytes; `text`: nothing else that is known. */
export type Kind = keyof typeof KINDS | 'text';

/** As many bytes tell the kind. */
export const HEAD_BYTES = 8;

export function kindOf(head: Uint8Array): Kind {
  const start = Buffer.from(head).toString('latin1', 0, HEAD_BYTES);
  for (const [kind, marks] of Object.entries(KINDS))
    if (marks.some((mark) => start.startsWith(mark))) return kind as Kind;
  return 'text';
}

/** The kind of a source; reads no more than its first piece. */
export async function sniff(source: Source): Promise<Kind> {
  const bytes = pieces(source.bytes(), {});
  const { head } = await peeked(bytes, HEAD_BYTES);
  await bytes.return();
  return kindOf(head);
}
