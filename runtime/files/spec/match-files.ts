import type { FilesCode } from '../messages.ts';
import type { Catalog, MessageValues } from './types.ts';

/** Files to catalogs by name (contract files §4.2). */

/** Something about the choice that the user is told; only errors are thrown. */
export interface SelectionNote {
  readonly code: FilesCode;
  readonly severity: 'warning' | 'message';
  readonly values: MessageValues;
}

export interface Matched {
  /** Name of the file by id of the catalog. */
  readonly files: ReadonlyMap<string, string>;
  /** Catalogs without a file, optional ones included. */
  readonly missing: readonly Catalog[];
  /** Told of: names that differ in case and files that no catalog asks for. */
  readonly notes: readonly SelectionNote[];
}

/**
 * Members of a ZIP, or loose files, to catalogs: by the exact name, then whatever the case, then without the one
 * folder that all members share. A `.gz` behind the name does not count.
 */
export function matchFiles(catalogs: readonly Catalog[], names: readonly string[]): Matched {
  const files = new Map<string, string>();
  const free = new Set(names);
  const folder = commonFolder(names);
  const notes: SelectionNote[] = [];
  const forms: readonly ((name: string) => string)[] = [
    (name) => name,
    ungzipped,
    (name) => ungzipped(name).toLowerCase(),
    (name) => ungzipped(name.slice(folder.length)),
    (name) => ungzipped(name.slice(folder.length)).toLowerCase(),
  ];
  for (const form of forms) {
    for (const { id, filename } of catalogs) {
      if (files.has(id)) continue;
      const wanted = [filename, ungzipped(filename)];
      const isFolded = form('A') === 'a';
      const name = [...free].find((each) =>
        wanted.some((want) => form(each) === (isFolded ? want.toLowerCase() : want)),
      );
      if (name === undefined) continue;
      files.set(id, name);
      free.delete(name);
      if (isFolded)
        notes.push({ code: 'FILE_NAME_CASE', severity: 'message', values: { file: name, filename } });
    }
  }
  for (const file of free) notes.push({ code: 'FILE_EXTRA', severity: 'message', values: { file } });
  return { files, missing: catalogs.filter(({ id }) => !files.has(id)), notes };
}

/** `x/` where every name begins with it, else nothing; what a Mac adds by itself does not count. */
function commonFolder(names: readonly string[]): string {
  const own = names.filter((name) => !/^__MACOSX\/|(^|\/)\.DS_Store$/.test(name));
  const folder = /^[^/]+\//.exec(own[0] ?? '')?.[0] ?? '';
  return own.every((name) => name.startsWith(folder)) ? folder : '';
}

/** The name of what is in a `.gz`. */
export const ungzipped = (name: string): string => name.replace(/\.gz$/i, '');
