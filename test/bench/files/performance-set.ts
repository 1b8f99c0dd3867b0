import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/**
 * The performance set of contract files §6.3: 8 columns, 74 bytes a row, 7 declarative checks beside the types. The
 * same rows for the same number, whoever writes them; about one row in 150 has a fault.
 */

export const SET_DOCUMENT = `sage_yaml: {name: Rendimiento, description: Pedidos, version: "1", author: Equipo}
catalogs:
  pedidos:
    name: Pedidos
    description: Pedidos
    filename: pedidos.csv
    file_format: {type: CSV, delimiter: "|", header: true}
    fields:
      - {name: id, type: texto, required: true}
      - {name: cliente, type: texto, max_length: 24}
      - {name: articulo, type: texto, pattern: "[A-Z]{3}-[0-9]{4}"}
      - {name: fecha, type: fecha}
      - {name: cantidad, type: entero, min: 1, max: 500}
      - {name: precio, type: decimal, scale: 2}
      - {name: estado, type: texto, options: [nuevo, pagado, enviado, anulado]}
      - {name: urgente, type: booleano}
packages:
  diario: {name: Diario, description: Diario, file_format: {type: CSV}, catalogs: [pedidos]}
`;

const HEADER = 'id|cliente|articulo|fecha|cantidad|precio|estado|urgente\n';
const STATES = ['nuevo', 'pagado', 'enviado', 'anulado'];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** A row's number times this, modulo 2^32, looks random. */
const STEP = 2_654_435_761;
const RARE = 1000;

const padded = (number: number, width: number): string => String(number).padStart(width, '0');

/** One record, with its line feed. */
export function setRow(number: number): string {
  const random = Math.imul(number + 1, STEP) >>> 0;
  const fault = random % RARE;
  const other = Math.imul(random ^ (random >>> 13), STEP) >>> 0;
  const letter = (shift: number): string => LETTERS[(other >>> shift) % 26] as string;
  const id = fault === 1 ? '' : `P${padded(number, 11)}`;
  const client =
    fault === 2 ? `Cliente con nombre muy largo ${number}` : `Cliente ${padded(other % 100_000, 8)} SA`;
  const article =
    fault === 3
      ? `abc-${other % 10_000}`
      : `${letter(0)}${letter(5)}${letter(10)}-${padded(other % 10_000, 4)}`;
  const date =
    fault === 4
      ? '2024-02-30'
      : `20${10 + (other % 15)}-${padded(1 + (random % 12), 2)}-${padded(1 + (other % 28), 2)}`;
  const count = fault === 5 ? '0' : fault === 6 ? '501' : fault === 7 ? 'uno' : 1 + (other % 500);
  const price = fault === 8 ? '1.234' : `${(other >>> 4) % 1000}.${padded(random % 100, 2)}`;
  const state = fault === 9 ? 'perdido' : STATES[random % 4];
  const urgent = fault === 10 ? 'quizá' : random % 8 === 0 ? 'sí' : 'no';
  return `${id}|${client}|${article}|${date}|${count}|${price}|${state}|${urgent}\n`;
}

const ROWS_AT_ONCE = 5000;

export async function writeSet(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  let text = HEADER;
  for (let number = 0; number < rows; number++) {
    text += setRow(number);
    if (number % ROWS_AT_ONCE !== 0) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end(text);
  await once(out, 'close');
}
