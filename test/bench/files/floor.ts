import { createReadStream } from 'node:fs';
import { readTable } from '../../../runtime/files/read/read-table.ts';
import type { Cell } from '../../../runtime/files/read/types.ts';
import type { Catalog } from '../../../runtime/files/spec/types.ts';
import { Findings } from './findings.ts';

/** The checks of the performance set as one would write them by hand for this one file. */

const INTEGER = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?\d{1,15}(\.\d{0,15})?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const ARTICLE = /^[A-Z]{3}-[0-9]{4}$/;
const STATES = new Set(['nuevo', 'pagado', 'enviado', 'anulado']);
const BOOLEANS = new Set(['sí', 'no']);
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (MONTHS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

export function checkRow(row: readonly Cell[], line: number, found: Findings): void {
  const [id, client, article, date, count, price, state, urgent] = row;
  if (id === null) found.add(line, 'REQUIRED_MISSING', 'id');
  if (client && client.length > 24) found.add(line, 'TEXT_TOO_LONG', 'cliente');
  if (article && !ARTICLE.test(article)) found.add(line, 'PATTERN_MISMATCH', 'articulo');
  if (date && !isDate(date)) found.add(line, 'TYPE_DATE', 'fecha');
  if (count) {
    if (!INTEGER.test(count)) found.add(line, 'TYPE_INTEGER', 'cantidad');
    else {
      const number = Number(count);
      if (number < 1) found.add(line, 'VALUE_TOO_SMALL', 'cantidad');
      if (number > 500) found.add(line, 'VALUE_TOO_LARGE', 'cantidad');
    }
  }
  if (price) {
    if (!DECIMAL.test(price) || !Number.isFinite(Number(price))) found.add(line, 'TYPE_DECIMAL', 'precio');
    else if (price.includes('.') && price.length - price.indexOf('.') - 1 > 2)
      found.add(line, 'SCALE_EXCEEDED', 'precio');
  }
  if (state && !STATES.has(state)) found.add(line, 'OPTION_INVALID', 'estado');
  if (urgent && !BOOLEANS.has(urgent)) found.add(line, 'TYPE_BOOLEAN', 'urgente');
}

/** The bare reader with those checks. */
export async function floor(file: string, catalog: Catalog): Promise<Findings> {
  const found = new Findings();
  const source = { name: 'pedidos.csv', bytes: () => createReadStream(file, { highWaterMark: 2 ** 18 }) };
  for await (const { rows, lines } of readTable(source, catalog)) {
    found.records += rows.length;
    for (let at = 0; at < rows.length; at++)
      checkRow(rows[at] as readonly Cell[], lines[at] as number, found);
  }
  return found;
}
