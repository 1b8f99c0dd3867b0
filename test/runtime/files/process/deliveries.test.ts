import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { FileProcessor, SpecInvalidError } from '../../../../runtime/files/process/processor.ts';
import { catalog, document, field, rule, run, runZip, temporaryFolder } from './world.ts';

const one = (fields: Parameters<typeof catalog>[0], more = {}, format = {}) =>
  document({ datos: catalog(fields, more, format) });
const TWO = one([field('a', 'entero'), field('b', 'texto')]);

test('rows that are no rows are rejected as they stand, counted as records, and listed', async () => {
  const { result, sink, codes } = await run(TWO, '1;x\n2;y;z\n3\n4;w\n');
  expect([...codes].sort()).toEqual(['ROW_TOO_LONG@2', 'ROW_TOO_SHORT@3']);
  expect(result.counts).toMatchObject({ records: 4, errors: 2 });
  expect(result.success_rate).toBe(50);
  expect(sink.accepted_.datos).toEqual([
    [1, 'x'],
    [4, 'w'],
  ]);
  expect(sink.rejected_.datos).toEqual([
    { line: 2, cells: ['2', 'y', 'z'], codes: ['ROW_TOO_LONG'] },
    { line: 3, cells: ['3', null], codes: ['ROW_TOO_SHORT'] },
  ]);
  expect(result.format_errors).toEqual([]);
  expect(sink.summary?.failures.find(({ type }) => type === 'ROW_TOO_SHORT')?.message).toContain(
    'tiene 1 columnas',
  );
});

test('a fault of the header is one format error with what was expected and found, and no row is rejected for it', async () => {
  const yaml = one([field('a', 'entero'), field('b', 'texto')], {}, { header: true });
  const { result, sink } = await run(yaml, 'a\n1\n');
  expect(result.format_errors).toMatchObject([
    { code: 'COLUMN_MISSING', expected: 2, found: 1, file: 'datos.csv' },
  ]);
  expect(result.counts).toMatchObject({ records: 1, errors: 1 });
  expect(sink.accepted_.datos).toEqual([[1, null]]);
});

test('a file that cannot be read to its end is in state Error; the rest of the delivery is processed', async () => {
  const yaml = document(
    {
      uno: catalog([field('a', 'entero')], { filename: 'uno.csv', row_validation: [rule('a > 0')] }),
      dos: catalog([field('a', 'entero')], { filename: 'dos.csv' }),
    },
    [rule('exists_in(dos.a, uno.a)')],
  );
  const broken = gzipSync(Buffer.from('1\n2\n')).subarray(0, 15);
  const { result, sink } = await run(
    yaml,
    zipSync({ 'uno.csv': broken, 'dos.csv': Buffer.from('5\n') }),
    {},
    'e.zip',
  );
  expect(result.files).toMatchObject([
    { catalog: 'uno', state: 'Error', errors: 1 },
    { catalog: 'dos', state: 'Procesado', records: 1, errors: 0 },
  ]);
  expect(result.format_errors).toMatchObject([{ code: 'GZIP_INVALID', file: 'uno.csv' }]);
  expect(result.rules.map(({ skipped }) => skipped)).toEqual(['dependency', 'dependency']);
  expect(sink.isClosed).toBe(true);
});

test('a ZIP that is refused is a negative verdict with its code; nothing of it is read', async () => {
  const yaml = document({
    uno: catalog([field('a', 'entero')], { filename: 'uno.csv' }),
    dos: catalog([field('a', 'entero')], { filename: 'dos.csv' }),
  });
  const { result, sink } = await run(yaml, zipSync({ '../uno.csv': Buffer.from('1\n') }), {}, 'e.zip');
  expect(result).toMatchObject({
    verdict: 'Fallido',
    exit_code: 1,
    counts: { records: 0, errors: 1 },
    success_rate: 0,
  });
  expect(result.files).toMatchObject([{ filename: 'e.zip', state: 'Error' }]);
  expect(result.format_errors).toMatchObject([{ code: 'ZIP_NAME_UNSAFE', file: 'e.zip' }]);
  expect(sink.begins).toBe(0);
});

test('files beyond the package are a message', async () => {
  const yaml = document({
    uno: catalog([field('a', 'entero')], { filename: 'uno.csv' }),
    dos: catalog([field('a', 'entero')], { filename: 'dos.csv' }),
  });
  const { result, failures } = await runZip(yaml, { 'uno.csv': '1\n', 'dos.csv': '1\n', 'otro.txt': 'x' });
  expect(result).toMatchObject({ verdict: 'Éxito', counts: { messages: 1 } });
  expect(failures[0]?.message).toContain('otro.txt');
});

test('declarative checks each give their code; a default fills an empty cell and satisfies required', async () => {
  const fields = [
    field('t', 'texto', { min_length: 2, max_length: 3, pattern: '[a-z]+' }),
    field('n', 'decimal', { min: 1, max: 5, scale: 1, required: true, default: 2 }),
    field('o', 'entero', { options: [1, 2] }),
  ];
  const { sink, codes } = await run(one(fields), 'ab;1.5;1\na;0.5;2\nabcd;9;3\nAB;1.25;1\nab;;\n');
  expect(codes).toEqual([
    'TEXT_TOO_SHORT@2',
    'VALUE_TOO_SMALL@2',
    'TEXT_TOO_LONG@3',
    'VALUE_TOO_LARGE@3',
    'OPTION_INVALID@3',
    'PATTERN_MISMATCH@4',
    'SCALE_EXCEEDED@4',
  ]);
  expect(sink.accepted_.datos).toEqual([
    ['ab', 1.5, 1],
    ['ab', 2, null],
  ]);
});

test('keys of several fields are unique together; a key with an empty part is no duplicate', async () => {
  const yaml = one([field('a', 'texto'), field('b', 'texto')], { unique_together: [['a', 'b']] });
  const { codes, failures } = await run(yaml, 'x;1\nx;2\nx;1\nx;\nx;\nab;c\na;bc\n');
  expect(codes).toEqual(['UNIQUE_TOGETHER@3']);
  expect(failures[0]).toMatchObject({ field: 'a, b', value: 'a=x, b=1' });
});

test('values of sensitive fields are masked wherever they would be shown', async () => {
  const rules = { row_validation: [rule('length > 1', { rule: 'a + b < 0' })] };
  const yaml = one([field('a', 'entero', { sensitive: true, unique: true }), field('b', 'entero')], rules);
  const { sink } = await run(yaml, '777;5\n777;5\nsecreto;5\n777;1;secreto\n');
  const shown = JSON.stringify([sink.lines, sink.summary?.failures, sink.summary?.profile]);
  expect(sink.lines.length).toBeGreaterThan(4);
  expect(shown).toContain('***');
  expect(shown).not.toContain('777');
  expect(shown).not.toContain('secreto');
});

test('the full list of failures ends at its limit, which is said; the counts stay exact', async () => {
  const yaml = one([field('a', 'entero')]);
  const text = 'x\n'.repeat(5000);
  for (const limits of [{ failureEntries: 7 }, { failureBytes: 3000 }]) {
    const { result, sink } = await run(yaml, text, { limits });
    expect(sink.lines.length).toBeLessThanOrEqual(15);
    expect(sink.lines.length).toBeGreaterThan(3);
    expect(result.limits_hit).toEqual(['FAILURES_LIMIT']);
    expect(result.counts.errors).toBe(5000);
  }
});

test('an abort is looked at between batches and ends the run with its reason; nothing temporary stays', async () => {
  const folder = await temporaryFolder();
  const data = path.join(folder, 'datos.csv');
  await writeFile(path.join(folder, 'c.yaml'), one([field('a', 'entero')]));
  await writeFile(data, '1\n'.repeat(2_000_000));
  const stop = new AbortController();
  const why = new Error('stopped');
  const processor = new FileProcessor({
    yamlPath: path.join(folder, 'c.yaml'),
    executionDir: folder,
    inputs: [data],
    signal: stop.signal,
    onProgress: () => stop.abort(why),
  });
  await expect(processor.process()).rejects.toBe(why);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the specified call: a YAML path and a folder; inputs are the files of `in`, outputs go to `out`', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'in'));
  await writeFile(path.join(folder, 'config.yaml'), TWO);
  await writeFile(path.join(folder, 'in', 'datos.csv'), '1;x\nno;y\n');
  const result = await new FileProcessor({
    yamlPath: path.join(folder, 'config.yaml'),
    executionDir: folder,
  }).process();
  expect(result).toMatchObject({ execution_id: path.basename(folder), counts: { records: 2, errors: 1 } });
  const names = result.outputs.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['output.csv', 'output.rejected.csv', 'report.json', 'failures.ndjson.gz']),
  );
  expect((await readdir(path.join(folder, 'out'))).sort()).toEqual([...names].sort());
});

test('the observed call: a specification and a logger’s folder, then one file by name of package or catalog', async () => {
  const folder = await temporaryFolder();
  const data = path.join(folder, 'x.csv');
  await writeFile(path.join(folder, 'config.yaml'), TWO);
  await writeFile(data, '1;x\nno;y\nno;z\n');
  const processor = new FileProcessor({ yamlPath: path.join(folder, 'config.yaml'), executionDir: folder });
  expect(await processor.processFile(data, 'datos')).toEqual([2, 0]);
  expect(await processor.processFile(data, 'entrega')).toEqual([2, 0]);
});

test('a specification with errors is thrown with all of them; so is an input that is not there', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'c.yaml'), 'sage_yaml: {}\n');
  const broken = new FileProcessor({
    yamlPath: path.join(folder, 'c.yaml'),
    executionDir: folder,
    inputs: [],
  });
  const error = await broken.process().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SpecInvalidError);
  expect((error as SpecInvalidError).problems.length).toBeGreaterThan(3);
  await expect(run(TWO, '', { inputs: ['/no/such.csv'] })).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  await expect(run(TWO, '', { inputs: [] })).rejects.toMatchObject({ code: 'INPUTS_MISSING' });
});

test('the profile tells of every column what it holds', async () => {
  const fields = [field('t', 'texto'), field('n', 'decimal'), field('f', 'fecha'), field('b', 'booleano')];
  const { sink } = await run(one(fields), 'ab;1;2024-01-02;sí\nabcd;3;2024-03-01;no\n;x;;\n');
  expect(sink.summary?.profile).toEqual([
    {
      catalog: 'datos',
      file: 'datos.csv',
      records: 3,
      columns: [
        { field: 't', type: 'texto', values: 2, nulls: 1, invalid: 0, min: 2, max: 4, mean: null },
        { field: 'n', type: 'decimal', values: 2, nulls: 0, invalid: 1, min: 1, max: 3, mean: 2 },
        {
          field: 'f',
          type: 'fecha',
          values: 2,
          nulls: 1,
          invalid: 0,
          min: '2024-01-02T00:00:00.000Z',
          max: '2024-03-01T00:00:00.000Z',
          mean: null,
        },
        { field: 'b', type: 'booleano', values: 2, nulls: 1, invalid: 0, min: null, max: null, mean: 0.5 },
      ],
    },
  ]);
});

test('a file of 30 rows shows every failure; one bad record of very many is no full success', async () => {
  expect((await run(one([field('a', 'entero')]), 'x\n'.repeat(30))).failures).toHaveLength(30);
  const { result } = await run(one([field('a', 'entero')]), `${'1\n'.repeat(30_000)}x\n`);
  expect(result.success_rate).toBe(99.99);
});
