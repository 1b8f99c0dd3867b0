import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Zip, ZipDeflate } from 'fflate';

/** The wider set of contract files §6.3: 12 columns and 10 rules, as CSV and as a workbook. Nothing in it is wrong. */

const FIELDS = [
  ['id', 'entero'],
  ['cliente', 'texto'],
  ['articulo', 'texto'],
  ['alta', 'fecha'],
  ['entrega', 'fecha'],
  ['cantidad', 'entero'],
  ['precio', 'decimal'],
  ['descuento', 'decimal'],
  ['total', 'decimal'],
  ['estado', 'texto'],
  ['correo', 'texto'],
  ['urgente', 'booleano'],
] as const;

const RULES = {
  row: [
    'cantidad > 0',
    'entrega >= alta',
    'total == round(cantidad * precio, 2)',
    'descuento >= 0 and descuento < 1',
    "estado in ('nuevo', 'pagado', 'enviado', 'anulado')",
    "matches(correo, '^[a-z0-9.]+@[a-z]+[.]es$')",
    "(df['precio'] > 0) & (df['cantidad'] < 1000)",
    'len(trim(cliente)) > 3',
  ],
  catalog: ['sum(cantidad) > 0', 'distinct(articulo) <= 10000'],
} as const;

const ruleLines = (rules: readonly string[]): string =>
  rules
    .map(
      (rule, index) => `      - {name: regla ${index}, description: Regla, rule: ${JSON.stringify(rule)}}\n`,
    )
    .join('');

export const rulesDocument = (
  type: 'CSV' | 'EXCEL',
): string => `sage_yaml: {name: Reglas, description: Pedidos, version: "1", author: Equipo}
catalogs:
  pedidos:
    name: Pedidos
    description: Pedidos
    filename: ${type === 'CSV' ? 'pedidos.csv' : 'pedidos.xlsx'}
    file_format: {type: ${type}, ${type === 'CSV' ? 'delimiter: "|", ' : ''}header: true}
    fields:
${FIELDS.map(([name, kind]) => `      - {name: ${name}, type: ${kind}${name === 'id' ? ', unique: true' : ''}}\n`).join('')}    row_validation:
${ruleLines(RULES.row)}    catalog_validation:
${ruleLines(RULES.catalog)}packages:
  diario: {name: Diario, description: Diario, file_format: {type: ${type}}, catalogs: [pedidos]}
`;

const STATES = ['nuevo', 'pagado', 'enviado', 'anulado'];

function cells(number: number): readonly (string | number)[] {
  const random = Math.imul(number + 1, 2_654_435_761) >>> 0;
  const count = 1 + (random % 500);
  const price = (1 + ((random >>> 5) % 10_000)) / 4;
  const day = String(1 + (random % 28)).padStart(2, '0');
  return [
    number + 1,
    `Cliente número ${random % 100_000}`,
    `ART-${random % 10_000}`,
    `2024-01-${day}`,
    `2024-02-${day}`,
    count,
    price,
    (random % 100) / 100,
    Math.round(count * price * 100) / 100,
    STATES[random % 4] as string,
    `persona.${random % 1000}@correo.es`,
    random % 2 === 0 ? 'sí' : 'no',
  ];
}

const ROWS_AT_ONCE = 2000;

function* texts(rows: number, head: string, row: (number: number) => string): Generator<string> {
  let text = head;
  for (let number = 0; number < rows; number++) {
    text += row(number);
    if (number % ROWS_AT_ONCE !== ROWS_AT_ONCE - 1) continue;
    yield text;
    text = '';
  }
  yield text;
}

export async function writeRulesCsv(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  const head = `${FIELDS.map(([name]) => name).join('|')}\n`;
  for (const text of texts(rows, head, (number) => `${cells(number).join('|')}\n`))
    if (!out.write(text)) await once(out, 'drain');
  out.end();
  await once(out, 'close');
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

const PARTS: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
  '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Pedidos" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
};

const xmlCell = (value: string | number): string =>
  typeof value === 'number' ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const xmlRow = (values: readonly (string | number)[]): string => `<row>${values.map(xmlCell).join('')}</row>`;

export async function writeRulesXlsx(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  const zip = new Zip((error, bytes, isLast) => {
    if (error) throw error;
    out.write(bytes);
    if (isLast) out.end();
  });
  const add = (name: string, content: Iterable<string>) => {
    const entry = new ZipDeflate(name, { level: 1 });
    zip.add(entry);
    for (const text of content) entry.push(Buffer.from(text));
    entry.push(new Uint8Array(), true);
  };
  for (const [name, text] of Object.entries(PARTS)) add(name, [text]);
  const head = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${xmlRow(FIELDS.map(([name]) => name))}`;
  add(
    'xl/worksheets/sheet1.xml',
    (function* () {
      yield* texts(rows, head, (number) => xmlRow(cells(number)));
      yield '</sheetData></worksheet>';
    })(),
  );
  zip.end();
  await once(out, 'close');
}
