import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { rulesOf } from '../../../../runtime/files/spec/types.ts';
import { codes, documentOf, FIELD, found } from './documents.ts';

const rule = { name: 'r', description: 'd', rule: 'id is not null' };

test('files T28: each fault is located, and all of one document are told at once', () => {
  const text = `sage_yaml: {name: n, description: d, version: 1, author: a}
catalogs:
  uno:
    name: Uno
    description: d
    filename: ../a.csv
    header: true
    file_format: {type: CSV, delimiter: ","}
    fields:
      - {name: id}
      - {name: id, type: foo}
packages:
  p:
    name: P
    description: d
    file_format: {type: CSV}
    catalogs: [dos]
`;
  const { spec, problems } = loadSpec(text);
  expect(spec).toBeUndefined();
  expect(problems.map(({ code, path, at }) => [code, path, at.line, at.column])).toEqual([
    ['SPEC_FILENAME', 'catalogs.uno.filename', 6, 15],
    ['SPEC_KEY_MISPLACED', 'catalogs.uno.header', 7, 5],
    ['SPEC_MISSING_KEY', 'catalogs.uno.fields[0].type', 10, 9],
    ['SPEC_DUPLICATE_FIELD', 'catalogs.uno.fields[1].name', 11, 16],
    ['SPEC_NOT_ONE_OF', 'catalogs.uno.fields[1].type', 11, 26],
    ['SPEC_UNKNOWN_CATALOG', 'packages.p.catalogs[0]', 17, 16],
  ]);
  expect(problems.every(({ severity }) => severity === 'error')).toBe(true);
  expect(problems[1]?.values).toEqual({ key: 'header', place: 'catalogs.<id>.file_format' });
  expect(problems[3]?.values).toEqual({ name: 'id', free: 'id_2' });
  expect(problems[5]?.values).toEqual({ id: 'dos', nearest: 'uno' });

  const head = text.slice(0, text.indexOf('packages:'));
  expect(codes(loadSpec(head))).toContain('SPEC_MISSING_KEY packages');
  const empty = loadSpec(`${head}packages:\n`);
  expect(codes(empty)).toContain('SPEC_EMPTY_KEY packages');
  expect(empty.problems.at(-1)?.at).toEqual({ line: 12, column: 1 });
});

test('files T29: types of packages, delimiter and severity', () => {
  const catalogs = { a: 1, b: 1 };
  const two = JSON.parse(documentOf({ pack: { catalogs: Object.keys(catalogs) } }));
  two.catalogs.b = { ...two.catalogs.a, filename: 'b.csv' };
  expect(found(JSON.stringify(two))).toEqual(['SPEC_PACKAGE_ZIP packages.p.file_format.type']);
  two.packages.p.file_format.type = 'ZIP';
  expect(found(JSON.stringify(two))).toEqual([]);

  expect(found(documentOf({ format: { delimiter: undefined } }))).toEqual([
    'SPEC_DELIMITER_MISSING catalogs.a.file_format.delimiter',
  ]);

  const severity = (value: string | undefined) =>
    loadSpec(documentOf({ catalog: { row_validation: [{ ...rule, severity: value }] } }));
  expect(codes(severity('FATAL'))).toEqual(['SPEC_NOT_ONE_OF catalogs.a.row_validation[0].severity']);
  const severityOf = ({ spec }: ReturnType<typeof severity>) => spec && rulesOf(spec)[0]?.severity;
  expect(severityOf(severity('Warning'))).toBe('warning');
  expect(severityOf(severity(undefined))).toBe('error');
});

describe('fixtures of the shape the original shipped', () => {
  const read = (name: string) => loadSpec(readFileSync(`test/runtime/files/fixtures/${name}`, 'utf8'));

  test('the package of seven catalogs loads', () => {
    const { spec, problems } = read('comercial.yaml');
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const fields = [...(spec?.catalogs.values() ?? [])].map((catalog) => [catalog.id, catalog.fields.length]);
    expect(Object.fromEntries(fields)).toEqual({
      clientes: 31,
      productos: 24,
      stock: 30,
      vendedores: 25,
      ventas: 40,
      pedidos: 34,
      rutas: 21,
    });
    const whole = [...(spec?.catalogs.values() ?? [])].map(
      (catalog) => catalog.fields.filter(({ type }) => type === 'entero').length,
    );
    expect(whole.filter((count) => count === 1)).toHaveLength(4);
    const [rule] = spec?.packages.get('comercial')?.rules ?? [];
    expect(rule?.expression.split(' and ')).toHaveLength(5);
    expect(rule?.at).toEqual({ line: 589, column: 11 });
  });

  test('the single CSV loads', () => {
    const { spec, problems } = read('inventario.yaml');
    expect(problems).toEqual([]);
    expect(spec?.version).toBe('2.1');
    expect(spec?.catalogs.get('inventario')?.uniqueTogether).toEqual([['tienda', 'producto', 'fecha']]);
  });

  test('the example loads', () => {
    const { spec, problems } = loadSpec(readFileSync('examples/files/pedidos-diarios.yaml', 'utf8'));
    expect(problems).toEqual([]);
    expect(spec?.packages.get('diario')?.catalogs).toEqual(['clientes', 'pedidos']);
  });
});

describe('what a document may leave out', () => {
  test('has the defaults of the contract', () => {
    const { spec } = loadSpec(documentOf({ catalog: { row_validation: [rule] } }));
    const catalog = spec?.catalogs.get('a');
    expect(catalog?.format).toEqual({
      type: 'CSV',
      delimiter: ',',
      header: false,
      encoding: 'auto',
      quote: '"',
      escape: undefined,
      comment: undefined,
      decimal: '.',
      thousands: undefined,
      nullValues: [''],
      trim: 'none',
      skipRows: 0,
      sheet: undefined,
      dateFormats: [],
      compression: 'auto',
    });
    expect(catalog?.fields[0]).toMatchObject({ isRequired: false, isUnique: false, isSensitive: false });
    expect(catalog?.rowRules[0]).toMatchObject({
      id: 'a.row_validation.1',
      severity: 'error',
      language: 'auto',
      mostly: 1,
      isActive: true,
      level: 'row',
      catalog: 'a',
    });
    expect(spec).toMatchObject({ comments: '', ruleLanguage: 'auto' });
  });

  test('may stand there empty as well', () => {
    expect(found(documentOf({ head: { comments: null }, catalog: { unique_together: null } }))).toEqual([]);
  });
});

describe('a value keeps the form in which it is written', () => {
  const field = (type: string, more: string) =>
    loadSpec(
      documentOf().replace(JSON.stringify(FIELD), `{name: id, type: ${type}, ${more}}`),
    ).spec?.catalogs.get('a')?.fields[0];

  test.each([
    ['texto', 'options: [001, NULL, yes, "x"]', 'options', ['001', 'NULL', 'yes', 'x']],
    ['entero', 'options: [1, 9007199254740993]', 'options', [1, 9007199254740993n]],
    ['decimal', 'min: -1.5', 'min', -1.5],
    ['fecha', 'max: 2024-02-29', 'max', Date.UTC(2024, 1, 29)],
    ['booleano', 'default: false', 'default', false],
    ['date', 'default: 2024-12-31T08:30:00Z', 'default', Date.UTC(2024, 11, 31, 8, 30)],
    ['select', 'options: [a, b]', 'type', 'texto'],
    ['STRING', 'required: true', 'type', 'texto'],
  ])('%s with %s', (type, more, key, value) => {
    expect(field(type, more)?.[key as 'options']).toEqual(value);
  });

  test('a version is a text', () => {
    expect(loadSpec(documentOf().replace('"version":"1"', 'version: 1.10')).spec?.version).toBe('1.10');
  });

  test('null_values are texts', () => {
    const text = documentOf().replace('"type":"CSV",', 'type: CSV, null_values: [NULL, N/A, ""],');
    expect(loadSpec(text).spec?.catalogs.get('a')?.format.nullValues).toEqual(['NULL', 'N/A', '']);
  });
});

test('a rule knows where its expression begins', () => {
  const places = ['id > 1', '"id > 1"', "'id > 1'", '|\n        id > 1', '>-\n\n        id > 1'].map(
    (written) => {
      const document = `sage_yaml: {name: n, description: d, version: 1, author: a}
catalogs:
  a:
    name: A
    description: a
    filename: a.csv
    file_format: {type: CSV, delimiter: ","}
    fields: [{name: id, type: entero}]
    row_validation:
    - name: r
      description: d
      rule: ${written}
packages: {}
`;
      const [rule] = [...(loadSpec(document).spec?.catalogs.values() ?? [])][0]?.rowRules ?? [];
      return [rule?.expression.trim(), rule?.at.line, rule?.at.column];
    },
  );
  expect(places).toEqual([
    ['id > 1', 12, 13],
    ['id > 1', 12, 14],
    ['id > 1', 12, 14],
    ['id > 1', 13, 9],
    ['id > 1', 14, 9],
  ]);
});
