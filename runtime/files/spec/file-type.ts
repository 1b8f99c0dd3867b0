import { FilesError } from '../errors.ts';
import type { Kind } from '../read/sniff.ts';
import { ungzipped } from './match-files.ts';
import type { PackageType, Spec } from './types.ts';

const EXTENSIONS: Readonly<Record<string, PackageType>> = {
  csv: 'CSV',
  xlsx: 'EXCEL',
  xls: 'EXCEL',
  zip: 'ZIP',
};
const extensionOf = (name: string): string => /\.([^.]+)$/.exec(ungzipped(name))?.[1]?.toLowerCase() ?? '';

/** What a name says it is, case aside; `.tsv` and `.txt` only where a catalog's file ends so. Undefined: nothing. */
export function fileType(name: string, { catalogs }: Spec): PackageType | undefined {
  const extension = extensionOf(name);
  const isText = ['tsv', 'txt'].includes(extension);
  const isAsked = [...catalogs.values()].some(
    ({ filename, format }) => format.type === 'CSV' && extensionOf(filename) === extension,
  );
  if (isText) return isAsked ? 'CSV' : undefined;
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

/** Throws FILE_TYPE_MISMATCH where name or content is something else than what is to be read. */
export function requireType(
  type: PackageType,
  { name, kind }: { readonly name: string; readonly kind: Kind },
): void {
  if (kindsOf(type, name).includes(kind)) return;
  throw new FilesError('FILE_TYPE_MISMATCH', 'permanent', { file: name, type, found: kind });
}

/** Contents that a name may have; an `.xlsx` with a password is an `ole` file, which the reader tells of. */
function kindsOf(type: PackageType, name: string): readonly Kind[] {
  const isGzip = ungzipped(name) !== name;
  const extension = extensionOf(name);
  const named = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : type;
  if (named !== type) return [];
  if (type === 'CSV') return isGzip ? ['gzip'] : ['text', 'gzip'];
  if (isGzip) return [];
  if (type === 'ZIP') return ['zip'];
  return extension === 'xls' ? ['ole'] : ['zip', 'ole'];
}
