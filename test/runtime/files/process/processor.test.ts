import { expect, test } from 'vitest';
import { catalog, document, field, rule, run, runZip } from './world.ts';

const one = (fields: Parameters<typeof catalog>[0], more = {}, format = {}) =>
  document({ datos: catalog(fields, more, format) });

/** The typed value of the one accepted cell of a one-column file; undefined: the cell is refused. */
async function cellOf(type: string, text: string, more = {}, format = {}) {
  const { sink, codes } = await run(
    one([field('a', type, more), field('b', 'texto')], {}, format),
    `${text};x\n`,
  );
  return { value: sink.accepted_.datos?.[0]?.[0], codes };
}

test('files T36: a text keeps leading zeros and NA; a required empty one is one error', async () => {
  expect((await cellOf('texto', '001')).value).toBe('001');
  expect((await cellOf('texto', 'NA')).value).toBe('NA');
  const { result, codes, failures } = await run(
    one([field('a', 'texto', { required: true }), field('b', 'texto')]),
    ';x\n',
  );
  expect(result.counts.errors).toBe(1);
  expect(codes).toEqual(['REQUIRED_MISSING@1']);
  expect(failures[0]).toMatchObject({
    field: 'a',
    value: null,
    rule: null,
    severity: 'error',
    file: 'datos.csv',
  });
});

test('files T37: an optional decimal abc and entero 1.5 are errors; 2.0 is ok, 9007199254740993 exact', async () => {
  expect((await cellOf('decimal', 'abc')).codes).toEqual(['TYPE_DECIMAL@1']);
  expect((await cellOf('entero', '1.5')).codes).toEqual(['TYPE_INTEGER@1']);
  expect(await cellOf('entero', '2.0')).toEqual({ value: 2, codes: [] });
  expect(await cellOf('entero', '9007199254740993')).toEqual({ value: 9007199254740993n, codes: [] });
});

test('files T38: 2024-02-30 and notadate are type errors; 31/12/2024 is read with the formats listed', async () => {
  const formats = { date_formats: ['dd/MM/yyyy', 'ISO'] };
  expect((await cellOf('fecha', '2024-02-30')).codes).toEqual(['TYPE_DATE@1']);
  expect(await cellOf('fecha', '31/12/2024', {}, formats)).toEqual({
    value: Date.UTC(2024, 11, 31),
    codes: [],
  });
  expect(await cellOf('fecha', '2024-12-31', {}, formats)).toEqual({
    value: Date.UTC(2024, 11, 31),
    codes: [],
  });
  expect((await cellOf('fecha', 'notadate')).codes).toEqual(['TYPE_DATE@1']);
  expect((await cellOf('fecha', 'notadate', { required: true })).codes).toEqual(['TYPE_DATE@1']);
});

test('files T39: booleano xyz is an error; FALSE false, sí true, 0 false', async () => {
  expect((await cellOf('booleano', 'xyz')).codes).toEqual(['TYPE_BOOLEAN@1']);
  expect(await cellOf('booleano', 'FALSE')).toEqual({ value: false, codes: [] });
  expect(await cellOf('booleano', 'sí')).toEqual({ value: true, codes: [] });
  expect(await cellOf('booleano', '0')).toEqual({ value: false, codes: [] });
});

test('files T40: x, x, x in a unique column are 2 errors that name the first line; empty ones are none', async () => {
  const fields = [field('a', 'texto', { unique: true }), field('b', 'texto')];
  const { result, codes, failures, sink } = await run(one(fields), 'x;1\nx;2\nx;3\n;4\n;5\n');
  expect(result.counts.errors).toBe(2);
  expect(codes).toEqual(['UNIQUE_DUPLICATE@2', 'UNIQUE_DUPLICATE@3']);
  for (const { message, value } of failures) {
    expect(message).toContain('línea 1');
    expect(value).toBe('x');
  }
  expect(sink.accepted_.datos?.map(([, b]) => b)).toEqual(['1', '4', '5']);
});

test('files T41: a catalog rule on a sum passes or fails exactly once; other rules are still reported', async () => {
  const text = '1\n1\n1\n';
  const fields = [field('a', 'entero', { validation_rules: [rule('a > 5')] })];
  const withRule = (expression: string) =>
    one(fields, { catalog_validation: [rule(expression, { id: 'suma' })] });
  for (const [below, atOne] of [
    ['sum(a) < 1000', 'sum(a) < 1'],
    ["df['a'].sum() < 1000", "df['a'].sum() < 1"],
  ] as const) {
    const passing = await run(withRule(below), text);
    expect(passing.failures.filter((each) => each.rule === 'suma')).toEqual([]);
    expect(passing.result.rules.find(({ id }) => id === 'suma')).toMatchObject({
      evaluated: 1,
      failed: 0,
      error: null,
    });
    const failing = await run(withRule(atOne), text);
    expect(failing.failures.filter((each) => each.rule === 'suma')).toHaveLength(1);
    expect(failing.result.counts.errors).toBe(4);
    expect(failing.result.rules.map(({ failed }) => failed)).toEqual([3, 1]);
  }
});

test('files T42: 100 failing rows are 100 errors or warnings, 10 details, 100 lines of the full list', async () => {
  const text = Array.from({ length: 100 }, (_, index) => `-${index + 1}\n`).join('');
  for (const severity of ['error', 'warning'] as const) {
    const yaml = one([field('a', 'entero')], { row_validation: [rule('a > 0', { severity })] });
    const { result, failures, sink } = await run(yaml, text);
    expect(result.counts).toEqual({
      records: 100,
      errors: severity === 'error' ? 100 : 0,
      warnings: severity === 'warning' ? 100 : 0,
      messages: 0,
    });
    expect(failures.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sink.lines.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(result.verdict).toBe(severity === 'error' ? 'Fallido' : 'Parcial');
    expect(result.files[0]).toMatchObject({ errors: result.counts.errors, warnings: result.counts.warnings });
  }
});

test('files T43: a message rule that fails in 5 rows gives 5 messages and the verdict Éxito', async () => {
  const yaml = one([field('a', 'entero')], { row_validation: [rule('a > 0', { severity: 'message' })] });
  const { result, sink } = await run(yaml, '-1\n-2\n-3\n-4\n-5\n6\n');
  expect(result.counts).toEqual({ records: 6, errors: 0, warnings: 0, messages: 5 });
  expect(result.verdict).toBe('Éxito');
  expect(result.exit_code).toBe(0);
  expect(result.success_rate).toBe(100);
  expect(sink.accepted_.datos).toHaveLength(6);
});

const sales = document(
  {
    ventas: catalog([field('id', 'texto'), field('cliente', 'texto')], { filename: 'ventas.csv' }),
    clientes: catalog([field('id', 'texto', { required: true })], { filename: 'clientes.csv' }),
  },
  [rule('exists_in(ventas.cliente, clientes.id)', { id: 'conocido' })],
);

test('files T47: unknown clients are 1 failure with 2 positions and sample values', async () => {
  const { result, failures } = await runZip(sales, {
    'ventas.csv': '1;a\n2;b\n3;c\n',
    'clientes.csv': 'a\n',
  });
  expect(result.counts).toEqual({ records: 4, errors: 1, warnings: 0, messages: 0 });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({
    rule: 'conocido',
    rows: 2,
    samples: [
      { line: 2, value: 'cliente=b' },
      { line: 3, value: 'cliente=c' },
    ],
  });
  expect(failures[0]?.message).toContain('2, 3');
});

test('files T47: without the clients the rule is skipped, the file Faltante, and the sales are counted', async () => {
  const { result, failures, sink } = await runZip(sales, { 'ventas.csv': '1;a\n2;b\n3;c\n' });
  expect(result.files).toEqual([
    { filename: 'ventas.csv', catalog: 'ventas', records: 3, errors: 0, warnings: 0, state: 'Procesado' },
    { filename: 'clientes.csv', catalog: 'clientes', records: 0, errors: 1, warnings: 0, state: 'Faltante' },
  ]);
  expect(result.rules).toMatchObject([{ id: 'conocido', skipped: 'dependency', evaluated: 0 }]);
  expect(sink.summary?.skipped.package_rules).toMatchObject([{ rule: 'conocido', reason: 'dependency' }]);
  expect(result.missing_files).toEqual([{ filename: 'clientes.csv', package: 'entrega' }]);
  expect(failures.map(({ type }) => type)).toEqual(['FILE_MISSING']);
  expect(result.counts).toMatchObject({ records: 3, errors: 1 });
});

test('files T53: a headerless file of 3 rows, 1 of them with 2 errors: 3 records, success rate 66.67', async () => {
  const fields = [field('a', 'entero'), field('b', 'fecha')];
  const { result, codes, sink } = await run(one(fields), '1;2024-01-01\nx;nada\n3;2024-01-03\n');
  expect(result.counts).toMatchObject({ records: 3, errors: 2 });
  expect(result.success_rate).toBe(66.67);
  expect(codes).toEqual(['TYPE_INTEGER@2', 'TYPE_DATE@2']);
  expect(sink.rejected_.datos).toEqual([
    { line: 2, cells: ['x', 'nada'], codes: ['TYPE_INTEGER', 'TYPE_DATE'] },
  ]);
});

test('files T44: a rule on column zz is 1 RULE_UNKNOWN_COLUMN beside the unique error, the other rules are evaluated', async () => {
  const rules = [rule('zz > 0', { id: 'zz' }), rule('a > 1', { id: 'other' })];
  const yaml = one([field('a', 'entero', { unique: true })], { row_validation: rules });
  const { result, failures } = await run(yaml, '1\n5\n5\n');
  expect(result.counts).toMatchObject({ records: 3, errors: 3 });
  expect(failures.map(({ type, rule: id }) => `${type} ${id}`).sort()).toEqual([
    'RULE_FAILED other',
    'RULE_UNKNOWN_COLUMN zz',
    'UNIQUE_DUPLICATE null',
  ]);
  expect(failures.find(({ rule: id }) => id === 'zz')).toMatchObject({ severity: 'error', line: null });
  expect(failures.find(({ rule: id }) => id === 'zz')?.message).toContain('zz');
  expect(result.rules).toMatchObject([
    { id: 'zz', error: 'RULE_UNKNOWN_COLUMN', evaluated: 0 },
    { id: 'other', error: null, evaluated: 3, failed: 1 },
  ]);
  expect(result.exit_code).toBe(1);
});

test('files T44: the same with a rule outside the subset is refused at load; nothing is processed', async () => {
  const yaml = one([field('a', 'entero')], { row_validation: [rule("df.eval('1')", { id: 'eval' })] });
  const refused = await run(yaml, '1\n').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'SPEC_INVALID' });
  const problems = (refused as { problems: { code: string; at: { line: number } }[] }).problems;
  expect(problems.filter(({ code }) => code === 'RULE_UNSUPPORTED')).toMatchObject([
    { at: { line: expect.any(Number) } },
  ]);
});
