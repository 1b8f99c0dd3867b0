import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunSummary } from '../../../../runtime/files/process/sink.ts';
import { type OutputOptions, OutputSink } from '../../../../runtime/files/report/output-sink.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import type { Catalog, Spec } from '../../../../runtime/files/spec/types.ts';
import { failureOf } from './sample.ts';

const DOCUMENT = `sage_yaml: {name: Ventas, description: d, version: "1", author: a}
catalogs:
  ventas:
    name: Ventas
    description: d
    filename: ventas.csv
    file_format: {type: CSV, delimiter: ";", header: true}
    fields:
      - {name: id, type: texto}
      - {name: alta, type: fecha}
      - {name: total, type: decimal}
      - {name: activo, type: booleano}
      - {name: cuenta, type: entero}
  otras:
    name: Otras
    description: d
    filename: otras.csv
    file_format: {type: CSV, delimiter: "|"}
    fields:
      - {name: id, type: texto}
packages:
  todo: {name: Todo, description: d, file_format: {type: ZIP}, catalogs: [ventas, otras]}
`;

let folder: string;
let spec: Spec;
let ventas: Catalog;
let otras: Catalog;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hookline-outputs-'));
  spec = loadSpec(DOCUMENT).spec!;
  ventas = spec.catalogs.get('ventas')!;
  otras = spec.catalogs.get('otras')!;
});
afterEach(() => rm(folder, { recursive: true }));

const sinkOf = (options: Partial<OutputOptions> = {}) => new OutputSink({ folder, locale: 'es', ...options });
const read = (name: string) => readFile(path.join(folder, name), 'utf8');

const summary = (): RunSummary => ({
  spec,
  result: {
    execution_id: 'a1',
    verdict: 'Fallido',
    exit_code: 1,
    counts: { records: 2, errors: 1, warnings: 0, messages: 0 },
    success_rate: 50,
    files: [
      { filename: 'ventas.csv', catalog: 'ventas', records: 2, errors: 1, warnings: 0, state: 'Procesado' },
    ],
    rules: [],
    format_errors: [],
    missing_files: [],
    timings: {
      started_at: '2026-03-02T08:00:00.000Z',
      ended_at: '2026-03-02T08:00:02.000Z',
      duration_ms: 2_000,
    },
    limits_hit: [],
  },
  failures: [{ ...failureOf({ file: 'ventas.csv' }), catalog: 'ventas', rows: 1, samples: [] }],
  events: [],
  profile: [],
  skipped: { field_rules: [], row_rules: [], catalog_rules: [], package_rules: [] },
});

const ACCEPTED = [
  ['001', Date.UTC(2024, 1, 29), 0.1, true, 9_007_199_254_740_993n],
  ['=1+1', Date.UTC(2024, 1, 29, 10, 30), null, false, 5],
];

describe('the outputs of a run', () => {
  test('of one catalog have the plain names, normalised values, and a hash of what stands there', async () => {
    const sink = sinkOf();
    await sink.event({ timestamp: 't1', severity: 'info', message: 'begin', details: {} });
    await sink.begin(ventas);
    await sink.accepted(ventas, ACCEPTED);
    await sink.rejected(ventas, [{ line: 4, cells: ['x', '@a', null, 'no', ''], codes: ['TYPE', 'r1'] }]);
    await sink.failureLines('{"line":4}\n');
    const outputs = await sink.finish(summary());
    await sink.close();
    expect(await read('output.csv')).toBe(
      "id;alta;total;activo;cuenta\r\n001;2024-02-29;0.1;true;9007199254740993\r\n'=1+1;2024-02-29T10:30:00Z;;false;5\r\n",
    );
    expect(await read('output.rejected.csv')).toBe(
      "line;codes;id;alta;total;activo;cuenta\r\n4;TYPE r1;x;'@a;;no;\r\n",
    );
    expect(gunzipSync(await readFile(path.join(folder, 'failures.ndjson.gz'))).toString()).toBe(
      '{"line":4}\n',
    );
    expect(await read('output.log')).toBe('t1 INFO    begin\n');
    expect(await read('log.txt')).toBe(await read('output.log'));
    expect(outputs.map(({ name }) => name)).toEqual((await readdir(folder)).sort());
    for (const { name, bytes, sha256 } of outputs) {
      const content = await readFile(path.join(folder, name));
      expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    }
  });

  test('report.json keeps its keys, and failures of built-in checks are in it', async () => {
    const sink = sinkOf({ delivery: { casillaId: 7, metodoEnvio: 'sftp' } });
    await sink.begin(ventas);
    await sink.finish(summary());
    const report = JSON.parse(await read('report.json'));
    expect(report.execution_info).toEqual({
      start_time: '2026-03-02T08:00:00.000Z',
      end_time: '2026-03-02T08:00:02.000Z',
      duration: '00:00:02',
      log_directory: '.',
      casilla_id: 7,
      emisor_id: null,
      metodo_envio: 'sftp',
    });
    expect(report.summary).toEqual({
      total_records: 2,
      errors: 1,
      warnings: 0,
      messages: 0,
      success_rate: 50,
      status: 'Fallido',
    });
    expect(Object.keys(report.files)).toEqual(['statistics', 'missing_files', 'format_errors']);
    expect(Object.keys(report.validation)).toEqual(['failures', 'skipped_rules']);
    expect(report.validation.failures).toHaveLength(1);
    expect(report).toMatchObject({ schema_version: 1, events: [], rules: [], profile: [], limits_hit: [] });
  });

  test('of a package have a table for each catalog, with its own delimiter and header', async () => {
    const sink = sinkOf();
    await sink.begin(ventas);
    await sink.begin(otras);
    await sink.accepted(otras, [['a|b'], ['c']]);
    const outputs = await sink.finish(summary());
    expect(outputs.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['output/otras.csv', 'output/ventas.csv']),
    );
    expect(await read('output/otras.csv')).toBe('"a|b"\r\nc\r\n');
  });

  test('a catalog that begins again forgets what was given before', async () => {
    const sink = sinkOf();
    await sink.begin(ventas);
    await sink.accepted(ventas, ACCEPTED);
    await sink.rejected(ventas, [{ line: 4, cells: ['x'], codes: ['TYPE'] }]);
    await sink.begin(ventas);
    await sink.accepted(ventas, ACCEPTED.slice(0, 1));
    const outputs = await sink.finish(summary());
    expect((await read('output.csv')).split('\r\n')).toHaveLength(3);
    expect(outputs.map(({ name }) => name)).not.toContain('output.rejected.csv');
  });

  test('a verdict alone has reports and no tables', async () => {
    const sink = sinkOf({ isVerdictOnly: true });
    await sink.begin(ventas);
    await sink.accepted(ventas, ACCEPTED);
    const outputs = await sink.finish(summary());
    expect(outputs.map(({ name }) => name)).not.toContain('output.csv');
    expect(outputs.map(({ name }) => name)).toContain('report.html');
  });

  test('a run that fails leaves its log, and nothing stays open', async () => {
    const sink = sinkOf();
    await sink.event({ timestamp: 't1', severity: 'error', message: 'a\nb', details: { line: 3 } });
    await sink.begin(ventas);
    await sink.failureLines('{}\n');
    await sink.close();
    await sink.close();
    expect(await read('log.txt')).toBe('t1 ERROR   a b {"line":3}\n');
  });

  test('a disk that refuses ends the run, and is told', async () => {
    const sink = sinkOf({ folder: '/dev/null/outputs' });
    await expect(sink.begin(ventas)).rejects.toThrow();
    await expect(sink.failureLines('{}\n')).rejects.toThrow();
  });

  test('a hundred thousand failures take no memory of their own', async () => {
    const sink = sinkOf();
    await sink.begin(ventas);
    const line = `${JSON.stringify(failureOf())}\n`.repeat(1_000);
    for (let batch = 0; batch < 100; batch += 1) await sink.failureLines(line);
    await sink.finish(summary());
    const text = gunzipSync(await readFile(path.join(folder, 'failures.ndjson.gz'))).toString();
    expect(text.split('\n')).toHaveLength(100_001);
  });
});
