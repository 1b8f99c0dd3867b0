import { describe, expect, test } from 'vitest';
import { guessTable } from '../../../../runtime/files/infer/columns.ts';
import { inferSpec } from '../../../../runtime/files/infer/infer-spec.ts';
import { guessDelimiter } from '../../../../runtime/files/infer/sample.ts';
import { readTable } from '../../../../runtime/files/read/read-table.ts';
import type { Source } from '../../../../runtime/files/read/types.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';

const source = (name: string, text: string | Uint8Array): Source => ({
  name,
  async *bytes() {
    yield Buffer.from(text);
  },
});
const infer = (...sources: readonly Source[]) => inferSpec(sources, false, { locale: 'es' });
const rows = (...lines: readonly string[]) =>
  lines.map((line) => line.split('|').map((cell) => cell || null));

describe('delimiter', () => {
  test.each([
    ['|', 'a|b\n1|2\n'],
    ['\t', 'a\tb\n1\t2\n'],
    [';', 'a;b\n1,5;2,5\n3,5;4,5\n'],
    [',', 'a,b\n"x;y",2\n'],
    [',', 'a\nb\nc\n'],
    ['|', `${'a|b,c\n'.repeat(50)}a|b|c\n`],
    [',', ''],
  ])('%j', (delimiter, text) => {
    expect(guessDelimiter(text, true)).toBe(delimiter);
  });
});

describe('header', () => {
  test.each([
    ['names above numbers', ['id|total', '1|2.5'], true],
    ['names above texts that are no names', ['nombre|ciudad', 'Ana|Lima', 'Luz|Quito'], true],
    ['a number in the first row', ['1|a', '2|b'], false],
    ['a name that comes again as a value', ['a|b', 'c|b', 'a|d'], false],
    ['a name twice', ['a|a', '1|2'], false],
    ['an empty name', ['a|', '1|2'], false],
    ['a date', ['2024-01-01|x', '2024-01-02|y'], false],
  ])('%s', (_, lines, hasHeader) => {
    expect(guessTable(rows(...lines)).hasHeader).toBe(hasHeader);
  });
});

describe('columns', () => {
  const typed = (...values: readonly string[]) => guessTable(rows('a', ...values)).fields[0];

  test.each([
    [['1', '-2', '0'], 'entero', undefined],
    [['001', '002'], 'texto', undefined],
    [['1', '2.5', '-0.1'], 'decimal', undefined],
    [['1,5', '2,25'], 'decimal', undefined],
    [['1.234,50', '7'], 'decimal', undefined],
    [['true', 'FALSE'], 'booleano', undefined],
    [['sí', 'No'], 'booleano', undefined],
    [['1', '0'], 'entero', undefined],
    [['2024-02-29', '2024-12-31T10:00:00Z'], 'fecha', undefined],
    [['2023-02-29'], 'texto', undefined],
    [['31/12/2024', '01/02/2024'], 'fecha', 'dd/MM/yyyy'],
    [['12/31/2024', '01/02/2024'], 'fecha', 'MM/dd/yyyy'],
    [['1/2/2024', '31/12/2024'], 'fecha', 'd/M/yyyy'],
    [['31.12.2024 08:30'], 'fecha', 'dd.MM.yyyy HH:mm'],
    [['x', '1'], 'texto', undefined],
  ])('%j is %s', (values, type, format) => {
    expect(typed(...values)).toMatchObject({ type, format });
  });

  test('separators are those of the file', () => {
    expect(guessTable(rows('a|b', '1.234,50|x'))).toMatchObject({ decimal: ',', thousands: '.' });
    expect(guessTable(rows('a|b', '1,234.50|x'))).toMatchObject({ decimal: '.', thousands: ',' });
    expect(guessTable(rows('a|b', '1.5|x'))).toMatchObject({ decimal: '.', thousands: undefined });
  });

  test('required where no cell is empty, unique where ten values or more all differ', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `${index}|x|${index === 3 ? '' : index}`);
    const { fields } = guessTable(rows('id|same|gap', ...ten));
    expect(fields.map(({ isRequired, isUnique }) => [isRequired, isUnique])).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
    expect(guessTable(rows('id', ...ten.slice(1, 4).map((row) => row.slice(0, 1)))).fields[0]?.isUnique).toBe(
      false,
    );
  });

  test('names that are missing, twice or broken over lines are mended', () => {
    expect(guessTable(rows('1|2', '3|4')).fields.map(({ name }) => name)).toEqual(['COLUMNA_1', 'COLUMNA_2']);
    expect(
      guessTable([
        ['a\nb', 'c'],
        ['1', '2'],
      ]).fields[0]?.name,
    ).toBe('a b');
  });
});

describe('document', () => {
  test('is valid as it is and reads the file that it was made from without a problem', async () => {
    const file = source('Ventas 2024.csv', 'id;fecha;total\n1;31/12/2024;1,50\n2;01/02/2024;2,25\n');
    const { text, catalogs } = await infer(file);
    const { spec, problems } = loadSpec(text);
    expect(problems).toEqual([]);
    const catalog = spec?.catalogs.get('ventas_2024');
    expect(catalogs.map(({ id }) => id)).toEqual(['ventas_2024']);
    expect(catalog).toMatchObject({
      filename: 'Ventas 2024.csv',
      format: { delimiter: ';', header: true, decimal: ',' },
    });
    expect(catalog?.fields.map(({ name, type, format }) => [name, type, format])).toEqual([
      ['id', 'entero', undefined],
      ['fecha', 'fecha', 'dd/MM/yyyy'],
      ['total', 'decimal', undefined],
    ]);
    expect(spec?.packages.get('ventas_2024')).toMatchObject({ type: 'CSV', catalogs: ['ventas_2024'] });
    for await (const batch of readTable(file, catalog!)) {
      expect(batch.problems).toEqual([]);
      expect(batch.rows).toHaveLength(2);
    }
  });

  test('of several files is one ZIP package; ids are safe and differ', async () => {
    const { text } = await infer(
      source('año-1.csv', 'a,b\n1,2\n'),
      source('ano 1.csv', 'a,b\n1,2\n'),
      source('2024.csv', 'x|1\n'),
    );
    const { spec } = loadSpec(text);
    expect([...(spec?.catalogs.keys() ?? [])]).toEqual(['ano_1', 'ano_1_2', 'datos_2024']);
    expect(spec?.packages.get('entrega')?.type).toBe('ZIP');
  });

  test('odd names and texts do not break it', async () => {
    const { text } = await infer(source('ab: "b" #c.csv', 'x: y,"# no\n- z",{q}\n1,2,3\n'));
    expect(
      loadSpec(text)
        .spec?.catalogs.get('ab_b_c')
        ?.fields.map(({ name }) => name),
    ).toEqual(['x: y', '# no - z', '{q}']);
  });

  test('a file without rows says so', async () => {
    await expect(infer(source('a.csv', ''))).rejects.toMatchObject({ code: 'INFER_NO_ROWS' });
  });
});
