import { posix } from 'node:path';
import { FilesError } from '../errors.ts';
import type { Archive } from './archive.ts';
import type { ReadOptions } from './types.ts';
import { kindOfBuiltIn, kindOfCode, type NumberKind } from './xlsx-dates.ts';
import { joined, StringTable } from './xlsx-strings.ts';
import { readXml, type XmlHandlers } from './xml.ts';

/** More parts of a kind than any workbook has. */
const MOST_PARTS = 2 ** 16;

export interface Sheet {
  readonly name: string;
  /** Its file in the archive. */
  readonly file: string;
}

/** What the cells of a sheet refer to. */
export interface Book {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
  /** By the number of a cell's style. */
  readonly styles: readonly NumberKind[];
  readonly strings: StringTable;
}

interface Relation {
  readonly type: string;
  readonly file: string;
}

const invalid = (): FilesError => new FilesError('XLSX_INVALID', 'permanent');

/** Reads all of a workbook but its sheets. Whoever calls closes `strings`. */
export async function readBook(archive: Archive, options: ReadOptions): Promise<Book> {
  const part = async (file: string, handlers: XmlHandlers): Promise<void> => {
    const entry = archive.entries.get(file);
    if (!entry) throw invalid();
    await readXml(archive.bytes(entry, options), handlers);
  };
  const relations = async (of: string): Promise<ReadonlyMap<string, Relation>> => {
    const { dir, base } = posix.parse(of);
    const found = new Map<string, Relation>();
    await part(posix.join(dir, '_rels', `${base}.rels`), relationHandlers(dir, found));
    return found;
  };
  const main = byType(await relations(''), 'officeDocument');
  if (main === undefined) throw invalid();
  const related = await relations(main);
  const { tabs, is1904 } = await workbookOf((handlers) => part(main, handlers));
  const sheets = tabs.flatMap(({ name, id }) => {
    const relation = related.get(id);
    return relation?.type === 'worksheet' ? [{ name, file: relation.file }] : [];
  });
  const styles: NumberKind[] = [];
  const stylesFile = byType(related, 'styles');
  if (stylesFile !== undefined) await part(stylesFile, styleHandlers(styles));
  const strings = new StringTable({ scratch: options.scratch });
  try {
    const stringsFile = byType(related, 'sharedStrings');
    if (stringsFile !== undefined) await part(stringsFile, stringHandlers(strings));
  } catch (error) {
    strings.close();
    throw error;
  }
  return { sheets, is1904, styles, strings };
}

const byType = (relations: ReadonlyMap<string, Relation>, type: string): string | undefined =>
  [...relations.values()].find((relation) => relation.type === type)?.file;

function relationHandlers(folder: string, found: Map<string, Relation>): XmlHandlers {
  return {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      if (Id === undefined || Type === undefined || Target === undefined || found.size === MOST_PARTS)
        throw invalid();
      const file = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      // The transitional and the strict form of the standard differ in all but the last segment.
      found.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), file });
    },
    close() {},
  };
}

async function workbookOf(read: (handlers: XmlHandlers) => Promise<void>) {
  const tabs: { name: string; id: string }[] = [];
  let is1904 = false;
  await read({
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = isTrue(attributes.date1904);
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      if (attributes.name === undefined || id === undefined || tabs.length === MOST_PARTS) throw invalid();
      tabs.push({ name: attributes.name, id });
    },
    close() {},
  });
  return { tabs, is1904 };
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

function styleHandlers(styles: NumberKind[]): XmlHandlers {
  const codes = new Map<number, NumberKind>();
  let isWithin = false;
  return {
    open(name, { numFmtId, formatCode }) {
      if (name === 'cellXfs') isWithin = true;
      const id = Number(numFmtId ?? 0);
      if (name === 'numFmt' && formatCode !== undefined && codes.size < MOST_PARTS)
        codes.set(id, kindOfCode(formatCode));
      if (name !== 'xf' || !isWithin) return;
      if (styles.length === MOST_PARTS) throw invalid();
      styles.push(codes.get(id) ?? kindOfBuiltIn(id));
    },
    close(name) {
      if (name === 'cellXfs') isWithin = false;
    },
  };
}

/** Rich text is joined; phonetic readings are no part of it. */
function stringHandlers(strings: StringTable): XmlHandlers {
  let text = '';
  let isText = false;
  let isPhonetic = false;
  return {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') isPhonetic = true;
      else if (name === 't') isText = !isPhonetic;
    },
    text(more) {
      if (isText) text = joined(text, more);
    },
    close(name) {
      if (name === 'si') strings.add(unescaped(text));
      else if (name === 'rPh') isPhonetic = false;
      else if (name === 't') isText = false;
    },
  };
}

/** Characters that XML cannot hold are written as `_x000D_`. */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
