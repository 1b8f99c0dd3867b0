import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';

const SPECIFICATION = 'examples/files/pedidos-diarios.yaml';

/** What the sender delivers: one order of nothing, which is an error, and one of an unknown customer, a warning. */
const TABLES = {
  'clientes.csv': 'id;alta\nC1;2026-01-15\nC2;2026-02-03\n',
  'pedidos.csv': 'cliente;cantidad\nC1;3\nC2;0\nC9;5\n',
} as const;

/** A specification with a delivery for it. */
export interface ExampleDelivery {
  readonly yamlText: string;
  readonly fileName: string;
  readonly content: Uint8Array;
}

/** The example's specification, and a ZIP for it. */
export async function exampleDelivery(): Promise<ExampleDelivery> {
  const files = Object.entries(TABLES).map(([name, text]) => [name, Buffer.from(text)] as const);
  return {
    yamlText: await readFile(SPECIFICATION, 'utf8'),
    fileName: 'diario.zip',
    content: zipSync(Object.fromEntries(files)),
  };
}
