import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { zipSync } from 'fflate';

const FOLDER = 'examples/files';
const SPECIFICATION = 'pedidos-diarios.yaml';
const TABLES = ['clientes.csv', 'pedidos.csv'];

/** A specification with a delivery for it. */
export interface ExampleDelivery {
  readonly yamlText: string;
  readonly fileName: string;
  readonly content: Uint8Array;
}

/** The example's specification, and its tables in a ZIP. */
export async function exampleDelivery(): Promise<ExampleDelivery> {
  const read = (name: string) => readFile(path.join(FOLDER, name));
  const tables = await Promise.all(TABLES.map(async (name) => [name, await read(name)] as const));
  const yamlText = (await read(SPECIFICATION)).toString('utf8');
  return { yamlText, fileName: 'diario.zip', content: zipSync(Object.fromEntries(tables)) };
}
