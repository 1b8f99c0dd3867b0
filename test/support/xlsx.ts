import { zip } from './zip.ts';

/** A cell of a test workbook; null leaves it out. */
export type XlsxCell =
  | string
  | number
  | boolean
  | null
  | { readonly inline: string }
  | { readonly rich: readonly string[] }
  | { readonly error: string }
  | { readonly formula: string; readonly value: string | number }
  /** A number in a format, as `dd/mm/yyyy`, or of a built-in one by its number. */
  | { readonly serial: number; readonly format: string | number }
  | { readonly iso: string };

export interface XlsxSheet {
  readonly name: string;
  /** By row; a number before the cells of a row is its own number: `[7, ['a', 'b']]`. */
  readonly rows: readonly (readonly XlsxCell[] | readonly [number, readonly XlsxCell[]])[];
}

export interface Workbook {
  readonly sheets: readonly XlsxSheet[];
  readonly is1904?: boolean;
  /** Other or further files of the archive. */
  readonly files?: Readonly<Record<string, string>>;
  /** Compression, default 6; 0 stores the parts as they are. */
  readonly level?: 0 | 6;
  /** Changes the text of a part. */
  readonly change?: (name: string, text: string) => string;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
const FIRST_CUSTOM_FORMAT = 164;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;');

/** The column's letters; 0 is A. */
export const columnName = (column: number): string =>
  (column >= 26 ? columnName(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));

/** A workbook as Excel writes it: shared strings, styles, cells with references. */
export function xlsx({ sheets, is1904 = false, files = {}, level = 6, change }: Workbook): Buffer {
  const writer = new Writer();
  const parts = sheets.map(({ rows }) => writer.sheet(rows));
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (...list: readonly string[]) =>
    `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="${PACKAGE}">${list.join('')}</Relationships>`;
  const texts: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/_rels/workbook.xml.rels': relations(
      ...sheets.map((_, index) => relation(`s${index}`, 'worksheet', `worksheets/sheet${index + 1}.xml`)),
      relation('styles', 'styles', 'styles.xml'),
      relation('strings', 'sharedStrings', '/xl/sharedStrings.xml'),
    ),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${sheets
      .map(({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="s${index}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/styles.xml': writer.styles(),
    'xl/sharedStrings.xml': writer.strings(),
    ...Object.fromEntries(parts.map((part, index) => [`xl/worksheets/sheet${index + 1}.xml`, part])),
    ...files,
  };
  return zip(
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, [change?.(name, text) ?? text, { level }] as const]),
    ),
  );
}

const isNumbered = (row: XlsxSheet['rows'][number]): row is readonly [number, readonly XlsxCell[]] =>
  typeof row[0] === 'number' && Array.isArray(row[1]);

class Writer {
  readonly #strings: string[] = [];
  readonly #formats: (string | number)[] = [];

  sheet(rows: XlsxSheet['rows']): string {
    let line = 0;
    const written = rows.map((row) => {
      const [at, cells] = isNumbered(row) ? row : [line + 1, row];
      line = at;
      const inner = cells.map((cell, column) => this.#cell(cell, `${columnName(column)}${line}`)).join('');
      return `<row r="${line}">${inner}</row>`;
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${MAIN}"><sheetData>${written.join('')}</sheetData></worksheet>`;
  }

  #cell(cell: XlsxCell, at: string): string {
    if (cell === null) return '';
    if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
    if (typeof cell === 'boolean') return `<c r="${at}" t="b"><v>${cell ? 1 : 0}</v></c>`;
    if (typeof cell === 'string') return this.#shared(`<t xml:space="preserve">${escaped(cell)}</t>`, at);
    if ('rich' in cell)
      return this.#shared(
        `${cell.rich.map((text) => `<r><rPr><b/></rPr><t xml:space="preserve">${escaped(text)}</t></r>`).join('')}<rPh sb="0" eb="1"><t>lectura</t></rPh>`,
        at,
      );
    if ('inline' in cell) return `<c r="${at}" t="inlineStr"><is><t>${escaped(cell.inline)}</t></is></c>`;
    if ('error' in cell) return `<c r="${at}" t="e"><v>${cell.error}</v></c>`;
    if ('iso' in cell) return `<c r="${at}" t="d"><v>${cell.iso}</v></c>`;
    if ('formula' in cell) {
      const type = typeof cell.value === 'string' ? ' t="str"' : '';
      return `<c r="${at}"${type}><f>${escaped(cell.formula)}</f><v>${escaped(String(cell.value))}</v></c>`;
    }
    return `<c r="${at}" s="${this.#formats.push(cell.format)}"><v>${cell.serial}</v></c>`;
  }

  #shared(inner: string, at: string): string {
    return `<c r="${at}" t="s"><v>${this.#strings.push(`<si>${inner}</si>`) - 1}</v></c>`;
  }

  strings(): string {
    return `<sst xmlns="${MAIN}">${this.#strings.join('')}</sst>`;
  }

  styles(): string {
    const id = (format: string | number, index: number) =>
      typeof format === 'number' ? format : FIRST_CUSTOM_FORMAT + index;
    const custom = this.#formats.map((format, index) =>
      typeof format === 'number'
        ? ''
        : `<numFmt numFmtId="${id(format, index)}" formatCode="${escaped(format)}"/>`,
    );
    const used = this.#formats.map((format, index) => `<xf numFmtId="${id(format, index)}"/>`);
    return `<styleSheet xmlns="${MAIN}"><numFmts>${custom.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${used.join('')}</cellXfs></styleSheet>`;
  }
}
