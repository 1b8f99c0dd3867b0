import { expect, test } from 'vitest';
import { catalog, document, field, rule, run, runZip } from './world.ts';

const numbers = (count: number): string =>
  Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');
const one = (fields: Parameters<typeof catalog>[0], more = {}) => document({ datos: catalog(fields, more) });

test('a row rule against an aggregate of its own catalog takes a second pass; rows are given to the sink once', async () => {
  const yaml = one([field('a', 'entero', { max: 8 })], {
    row_validation: [rule('a <= avg(a)', { id: 'media' })],
  });
  const passes: number[] = [];
  const { sink, result, failures } = await run(yaml, numbers(9), {
    onProgress: ({ pass }) => passes.push(pass),
  });
  expect(Math.max(...passes)).toBe(2);
  expect(sink.begins).toBe(1);
  expect(sink.accepted_.datos).toEqual([[1], [2], [3], [4], [5]]);
  expect(sink.rejected_.datos?.map(({ line, codes }) => `${line} ${codes}`)).toEqual([
    '6 media',
    '7 media',
    '8 media',
    '9 VALUE_TOO_LARGE,media',
  ]);
  expect(result.counts).toEqual({ records: 9, errors: 5, warnings: 0, messages: 0 });
  expect(failures).toHaveLength(5);
  expect(result.success_rate).toBe(55.56);
});

test('what one rule rejects in the first pass stays rejected when another needs a second', async () => {
  const rules = [rule('a != 2', { id: 'dos' }), rule('a <= avg(a) or a > 0', { id: 'media' })];
  const { sink, result } = await run(one([field('a', 'entero')], { row_validation: rules }), numbers(3));
  expect(sink.accepted_.datos).toEqual([[1], [3]]);
  expect(sink.rejected_.datos).toEqual([{ line: 2, cells: ['2'], codes: ['dos'] }]);
  expect(result.counts.errors).toBe(1);
});

test('a rule within its tolerance reports nothing; above it every failing row, and the rows are given anew', async () => {
  const tolerant = (mostly: number) =>
    one([field('a', 'entero')], { row_validation: [rule('a > 2', { id: 'r', mostly })] });
  const within = await run(tolerant(0.8), numbers(10));
  expect(within.result.counts.errors).toBe(0);
  expect(within.sink.accepted_.datos).toHaveLength(10);
  expect(within.result.rules[0]).toMatchObject({ evaluated: 10, failed: 2 });
  const above = await run(tolerant(0.81), numbers(10));
  expect(above.result.counts.errors).toBe(2);
  expect(above.codes).toEqual(['RULE_FAILED@1', 'RULE_FAILED@2']);
  expect(above.sink.begins).toBe(2);
  expect(above.sink.accepted_.datos).toHaveLength(8);
  expect(above.result.rules[0]).toMatchObject({ evaluated: 10, failed: 2 });
});

test('a catalog rule with a verdict per row fails once, with the count and the first lines', async () => {
  const yaml = one([field('a', 'entero')], { catalog_validation: [rule('a > 2', { id: 'r' })] });
  const { result, failures, sink } = await run(yaml, numbers(4));
  expect(result.counts.errors).toBe(1);
  expect(failures).toMatchObject([
    {
      rule: 'r',
      rows: 2,
      samples: [
        { line: 1, value: 'a=1' },
        { line: 2, value: 'a=2' },
      ],
    },
  ]);
  expect(sink.accepted_.datos).toHaveLength(4);
});

test('rules that are switched off are listed as skipped; a field rule does not see empty cells', async () => {
  const rules = [rule('a > 5', { id: 'on' }), rule('a > 5', { id: 'off', active: false })];
  const yaml = one([field('a', 'entero', { validation_rules: rules }), field('b', 'texto')]);
  const { result } = await run(yaml, '1;x\n;y\n9;z\n');
  expect(result.rules).toMatchObject([
    { id: 'on', evaluated: 2, failed: 1, skipped: null },
    { id: 'off', evaluated: 0, failed: 0, skipped: 'inactive' },
  ]);
});

test('a catalog that another needs is read first, so that one pass over each suffices', async () => {
  const yaml = document(
    {
      ventas: catalog([field('cliente', 'texto')], { filename: 'ventas.csv' }),
      clientes: catalog([field('id', 'texto')], { filename: 'clientes.csv' }),
    },
    [rule('exists_in(ventas.cliente, clientes.id)')],
  );
  const read: string[] = [];
  await runZip(
    yaml,
    { 'ventas.csv': 'a\n', 'clientes.csv': 'a\n' },
    { onProgress: ({ catalog: id, pass }) => read.push(`${id} ${pass}`) },
  );
  expect([...new Set(read)]).toEqual(['clientes 1', 'ventas 1']);
});

test('an optional catalog may be absent: no error, and what needs it is skipped', async () => {
  const yaml = document(
    {
      ventas: catalog([field('cliente', 'texto')], { filename: 'ventas.csv' }),
      clientes: catalog([field('id', 'texto')], { filename: 'clientes.csv', optional: true }),
    },
    [rule('exists_in(ventas.cliente, clientes.id)')],
  );
  const { result } = await runZip(yaml, { 'ventas.csv': 'a\n' });
  expect(result).toMatchObject({ verdict: 'Éxito', missing_files: [], rules: [{ skipped: 'dependency' }] });
  expect(result.files.map(({ catalog: id }) => id)).toEqual(['ventas']);
});

test('a rule that takes longer than its minute ends in one error, RULE_BUDGET; the others go on', async () => {
  const rules = [rule('a > 0', { id: 'lenta' })];
  const yaml = one([field('a', 'entero', { max: 2 })], { row_validation: rules });
  let millis = 0;
  const clock = { nowMillis: () => (millis += 40_000), sleep: async () => {} };
  const { result, failures } = await run(yaml, numbers(3000), { clock });
  expect(result.rules[0]).toMatchObject({ id: 'lenta', error: 'RULE_BUDGET' });
  expect(failures.filter(({ type }) => type === 'RULE_BUDGET')).toHaveLength(1);
  expect(result.counts.errors).toBe(2998 + 1);
});

test('a second pass counts nothing twice: repeated keys, ragged rows and their values', async () => {
  const yaml = one([field('a', 'entero', { unique: true }), field('b', 'texto')], {
    row_validation: [rule('a <= max_of(a)')],
  });
  const { result, codes, sink } = await run(yaml, '1;x\n1;y\n2\n3;z;w\n');
  expect([...codes].sort()).toEqual(['ROW_TOO_LONG@4', 'ROW_TOO_SHORT@3', 'UNIQUE_DUPLICATE@2']);
  expect(result.counts).toMatchObject({ records: 4, errors: 3 });
  expect(sink.accepted_.datos).toEqual([[1, 'x']]);
});
