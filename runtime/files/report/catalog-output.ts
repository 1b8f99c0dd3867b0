import path from 'node:path';
import type { RejectedRow } from '../process/sink.ts';
import type { Catalog, Value } from '../spec/types.ts';
import { csvRecord, guarded } from './csv.ts';
import { TextFile } from './output-files.ts';
import { normalised } from './values.ts';

/** Where the tables of packages lie, below the folder of outputs. */
export const TABLES_FOLDER = 'output';

/** The accepted and the rejected rows of one catalog, each file made when it has its first row. */
export class CatalogOutput {
  private readonly files: Partial<Record<'accepted' | 'rejected', TextFile>> = {};

  private constructor(
    private readonly folder: string,
    private readonly catalog: Catalog,
  ) {}

  /** An empty table is a result, too; without rejected rows there is no file of them. */
  static async begin(folder: string, catalog: Catalog): Promise<CatalogOutput> {
    const output = new CatalogOutput(folder, catalog);
    await output.accepted([]);
    return output;
  }

  /** Their names, below the folder of outputs. */
  names(): readonly string[] {
    return Object.values(this.files).map(({ file }) => `${TABLES_FOLDER}/${path.basename(file)}`);
  }

  async accepted(rows: readonly (readonly Value[])[]): Promise<void> {
    const { fields, format } = this.catalog;
    const file = await this.opened('accepted', `${this.catalog.id}.csv`, [], format.header);
    const records = rows.map((row) =>
      csvRecord(
        fields.map((field, index) => normalised(row[index] ?? null, field)),
        format.delimiter,
      ),
    );
    await file.write(records.join(''));
  }

  /** Original text after the line and the codes. */
  async rejected(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { delimiter } = this.catalog.format;
    const file = await this.opened('rejected', `${this.catalog.id}.rejected.csv`, ['line', 'codes'], true);
    const records = rows.map(({ line, cells, codes }) =>
      csvRecord([String(line), codes.join(' '), ...cells.map((cell) => guarded(cell ?? ''))], delimiter),
    );
    await file.write(records.join(''));
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.files)) await file.close();
  }

  private async opened(
    kind: 'accepted' | 'rejected',
    name: string,
    first: readonly string[],
    hasHeader: boolean,
  ): Promise<TextFile> {
    const known = this.files[kind];
    if (known) return known;
    const { fields, format } = this.catalog;
    const made = await TextFile.create(path.join(this.folder, TABLES_FOLDER, name));
    this.files[kind] = made;
    const heads = [...first, ...fields.map((field) => guarded(field.name))];
    if (hasHeader) await made.write(csvRecord(heads, format.delimiter));
    return made;
  }
}
