import { Document } from 'yaml';
import { FilesError } from '../errors.ts';
import { type Locale, say } from '../messages.ts';
import type { ReadOptions, Source } from '../read/types.ts';
import { freeId, safeId } from '../spec/ids.ts';
import type { PackageType } from '../spec/types.ts';
import { type GuessedTable, guessTable } from './columns.ts';
import { type Sample, sampleOf } from './sample.ts';

/** Guesses a specification from data files (contract files §7): a start that somebody reads and mends. */

export interface InferOptions extends ReadOptions {
  /** Most rows of each file that are looked at. Default 10,000. */
  readonly rows?: number;
  readonly locale: Locale;
}

export interface InferredSpec {
  /** The document, valid as it is. */
  readonly text: string;
  readonly catalogs: readonly InferredCatalog[];
}

export interface InferredCatalog extends GuessedTable {
  readonly id: string;
  readonly filename: string;
  readonly type: Sample['type'];
  readonly delimiter: string;
}

/** `isArchive`: the files are the members of one ZIP. Throws the readers' errors. */
export async function inferSpec(
  sources: readonly Source[],
  isArchive: boolean,
  options: InferOptions,
): Promise<InferredSpec> {
  const { rows = 10_000, locale, ...reading } = options;
  const catalogs: InferredCatalog[] = [];
  for (const source of sources) {
    const { type, delimiter, rows: sample } = await sampleOf(source, rows, reading);
    const filename = source.name.replace(/^.*[\\/]/, '').replace(/\.gz$/i, '');
    if (sample.length === 0) throw new FilesError('INFER_NO_ROWS', 'permanent', { file: filename });
    const id = freeId(
      safeId(filename.replace(/\.[^.]*$/, '')),
      catalogs.map((each) => each.id),
    );
    catalogs.push({ id, filename, type, delimiter, ...guessTable(sample) });
  }
  const type = isArchive || catalogs.length > 1 ? 'ZIP' : (catalogs[0]?.type ?? 'CSV');
  return { text: documentText(catalogs, type, locale), catalogs };
}

function documentText(catalogs: readonly InferredCatalog[], type: PackageType, locale: Locale): string {
  const name = catalogs.length === 1 ? (catalogs[0]?.id ?? '') : 'entrega';
  const document = new Document({
    sage_yaml: {
      name,
      description: say(locale, 'INFER_DESCRIPTION'),
      version: '1.0',
      author: say(locale, 'INFER_AUTHOR'),
    },
    catalogs: Object.fromEntries(catalogs.map((catalog) => [catalog.id, catalogOf(catalog, locale)])),
    packages: {
      [name]: {
        name,
        description: say(locale, 'INFER_DESCRIPTION'),
        file_format: { type },
        catalogs: catalogs.map(({ id }) => id),
      },
    },
  });
  document.commentBefore = ` ${say(locale, 'INFER_COMMENT')}`;
  return document.toString({ lineWidth: 0 });
}

function catalogOf(catalog: InferredCatalog, locale: Locale): object {
  const { id, filename, type, delimiter, hasHeader, decimal, thousands, fields, rowCount } = catalog;
  return {
    name: id,
    description: say(locale, 'INFER_CATALOG', { rows: rowCount, file: filename }),
    filename,
    file_format: {
      type,
      ...(type === 'CSV' && { delimiter }),
      header: hasHeader,
      ...(decimal !== '.' && { decimal }),
      ...(thousands !== undefined && { thousands }),
    },
    fields: fields.map((field) => ({
      name: field.name,
      type: field.type,
      ...(field.isRequired && { required: true }),
      ...(field.isUnique && { unique: true }),
      ...(field.format !== undefined && { format: field.format }),
    })),
  };
}
