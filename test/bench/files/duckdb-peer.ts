import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Findings } from './findings.ts';

/** What of DuckDB's Node API is used; the package is installed by the benchmark alone. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(
      database: string,
      options: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }> }>;
    }>;
  };
}

const CHECKS: readonly (readonly [code: string, field: string, fails: string])[] = [
  ['REQUIRED_MISSING', 'id', 'id IS NULL'],
  ['TEXT_TOO_LONG', 'cliente', 'length(cliente) > 24'],
  ['PATTERN_MISMATCH', 'articulo', "NOT regexp_full_match(articulo, '[A-Z]{3}-[0-9]{4}')"],
  ['TYPE_DATE', 'fecha', 'fecha IS NOT NULL AND try_cast(fecha AS DATE) IS NULL'],
  ['TYPE_INTEGER', 'cantidad', 'cantidad IS NOT NULL AND try_cast(cantidad AS BIGINT) IS NULL'],
  ['VALUE_TOO_SMALL', 'cantidad', 'try_cast(cantidad AS BIGINT) < 1'],
  ['VALUE_TOO_LARGE', 'cantidad', 'try_cast(cantidad AS BIGINT) > 500'],
  ['SCALE_EXCEEDED', 'precio', "regexp_matches(precio, '[.][0-9]{3,}$')"],
  ['TYPE_DECIMAL', 'precio', 'precio IS NOT NULL AND try_cast(precio AS DOUBLE) IS NULL'],
  ['OPTION_INVALID', 'estado', "estado NOT IN ('nuevo', 'pagado', 'enviado', 'anulado')"],
  ['TYPE_BOOLEAN', 'urgente', "urgente NOT IN ('sí', 'no')"],
];

/** The set in SQL, on one thread and with the memory limit of contract files §6.1. */
export async function duckdbPeer(file: string, folder: string): Promise<Findings> {
  const entry = path.join(folder, 'node_modules/@duckdb/node-api/lib/index.js');
  const { DuckDBInstance } = (await import(pathToFileURL(path.resolve(entry)).href)) as DuckDb;
  const database = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1200MB' });
  const connection = await database.connect();
  const found = new Findings();
  const read = `read_csv('${file}', delim = '|', header = true, all_varchar = true)`;
  const failures = CHECKS.map(([, , fails], at) => `CASE WHEN ${fails} THEN ${at} END`).join(', ');
  const { getRows } = await connection
    .runAndReadAll(
      `SELECT line, list FROM (SELECT row_number() OVER () + 1 AS line, list_filter([${failures}], x -> x IS NOT NULL) AS list FROM ${read}) WHERE len(list) > 0`,
    )
    .then((reader) => ({ getRows: () => reader.getRows() }));
  for (const [line, list] of getRows() as [bigint, { items: number[] }][])
    for (const at of list.items) {
      const [code = '', field = ''] = CHECKS[at] ?? [];
      found.add(Number(line), code, field);
    }
  const count = await connection.runAndReadAll(`SELECT count(*) FROM ${read}`);
  found.records = Number(count.getRows()[0]?.[0]);
  return found;
}
