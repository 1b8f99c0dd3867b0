import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { Findings } from './findings.ts';

const code = (params: string) => ({ error: params });

/** The checks of the set as a zod schema; each message is the code that ours gives. */
const ROW = z.object({
  id: z.string().min(1, code('REQUIRED_MISSING')),
  cliente: z.string().max(24, code('TEXT_TOO_LONG')),
  articulo: z.string().regex(/^[A-Z]{3}-[0-9]{4}$/, code('PATTERN_MISMATCH')),
  fecha: z.iso.date(code('TYPE_DATE')),
  cantidad: z
    .string()
    .regex(/^[+-]?\d+$/, { ...code('TYPE_INTEGER'), abort: true })
    .transform(Number)
    .pipe(z.number().min(1, code('VALUE_TOO_SMALL')).max(500, code('VALUE_TOO_LARGE'))),
  precio: z
    .string()
    .regex(/^[+-]?\d+(\.\d+)?$/, { ...code('TYPE_DECIMAL'), abort: true })
    .regex(/^[^.]*(\.\d{0,2})?$/, code('SCALE_EXCEEDED')),
  estado: z.enum(['nuevo', 'pagado', 'enviado', 'anulado'], code('OPTION_INVALID')),
  urgente: z.enum(['sí', 'no'], code('TYPE_BOOLEAN')),
});

export async function csvParseZod(file: string): Promise<Findings> {
  const found = new Findings();
  const rows = createReadStream(file, { highWaterMark: 2 ** 18 }).pipe(
    parse({ delimiter: '|', columns: true, info: true }),
  );
  for await (const { record, info } of rows) {
    found.records++;
    const { error } = ROW.safeParse(record);
    for (const { message, path } of error?.issues ?? []) found.add(info.lines, message, String(path[0]));
  }
  return found;
}
