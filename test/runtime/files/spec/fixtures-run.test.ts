import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileProcessor } from '../../../../runtime/files/process/processor.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import type { Catalog } from '../../../../runtime/files/spec/types.ts';

/** Both fixtures run (contract files §4.1). */

const FIXTURES = 'test/runtime/files/fixtures';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hookline-fixtures-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPECIAL: Readonly<Record<string, string>> = {
  correo: 'ana@ejemplo.mx',
  dia_visita: 'LUN',
  total: '2',
  cantidad_pendiente: '0',
};
const BY_TYPE = { texto: 'x', decimal: '1', entero: '1', fecha: '2024-01-31', booleano: 'sí' };

/** Two rows that break no rule; keys are 1 and 2 everywhere. */
const rowsOf = ({ fields, format }: Catalog): string =>
  ['1', '2']
    .map((key) =>
      fields
        .map(({ name, type }) => (name.startsWith('id_') ? key : (SPECIAL[name] ?? BY_TYPE[type])))
        .join(format.delimiter),
    )
    .join('\n');

async function run(yaml: string, data: string, bytes: Uint8Array) {
  const input = path.join(folder, data);
  writeFileSync(input, bytes);
  const executionDir = mkdtempSync(path.join(folder, 'run-'));
  const processor = new FileProcessor({ yamlPath: path.join(FIXTURES, yaml), executionDir, inputs: [input] });
  return await processor.process();
}

test('the ZIP of seven files without headers, whole and with one key that nobody has', async () => {
  const { spec } = loadSpec(readFileSync(path.join(FIXTURES, 'comercial.yaml'), 'utf8'));
  const texts = new Map([...(spec?.catalogs.values() ?? [])].map((each) => [each.filename, rowsOf(each)]));
  const zip = () => zipSync(Object.fromEntries([...texts].map(([name, text]) => [name, strToU8(text)])));
  expect(await run('comercial.yaml', 'entrega.zip', zip())).toMatchObject({
    verdict: 'Éxito',
    counts: { records: 14, errors: 0, warnings: 0, messages: 0 },
    missing_files: [],
  });

  const { fields = [] } = spec?.catalogs.get('ventas') ?? {};
  const cells = texts.get('ventas.csv')!.split('\n')[1]!.split('|');
  cells[fields.findIndex(({ name }) => name === 'id_cliente')] = '9';
  texts.set('ventas.csv', `${rowsOf(spec!.catalogs.get('ventas')!).split('\n')[0]}\n${cells.join('|')}\n`);
  const broken = await run('comercial.yaml', 'rota.zip', zip());
  expect(broken).toMatchObject({ verdict: 'Fallido', counts: { records: 14, errors: 1 } });
  expect(broken.rules.find(({ level }) => level === 'package')).toMatchObject({ failed: 1 });
});

test('the single CSV', async () => {
  const text =
    'tienda,producto,fecha,existencia,costo,estado,revisado\nA,1,2024-01-31,5,,nuevo,no\nA,1,2024-01-31,x,1,roto,sí\n';
  const result = await run('inventario.yaml', 'inventario.csv', strToU8(text));
  // Not whole, no option, a key twice; stock without a cost.
  expect(result).toMatchObject({ verdict: 'Fallido', counts: { records: 2, errors: 3, warnings: 1 } });
});
