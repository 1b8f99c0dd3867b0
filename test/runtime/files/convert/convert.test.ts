import { expect, test } from 'vitest';
import { convertSpec } from '../../../../runtime/files/convert/convert-spec.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { rulesOf } from '../../../../runtime/files/spec/types.ts';

const CLIENTES = `catalog:
  name: Clientes
  description: Maestro
  filename_pattern: clientes_*.csv
  file_format: {type: csv, delimiter: ";", header: true}
  owner: ventas
  fields:
    - {name: id, type: text, length: 10, required: true, unique: true}
    - {name: saldo, type: number, length: 12, decimals: 2}
    - name: hijos
      type: NUMBER
      decimals: 0
      validation_expression: df['hijos'] >= 0
      message: No puede ser negativo
      severity: WARNING
    - {name: alta, type: date}
  row_validation:
    - {name: saldo, validation_expression: "df['saldo'] >= 0", message: Debe, severity: ERROR}
`;
const VENTAS = `catalog:
  name: Ventas
  filename: ventas.csv
  delimiter: ","
  fields: [{name: cliente, type: text}]
`;
const ENTREGA = `package:
  name: Entrega
  description: Todo
  catalogs: [clientes.yaml, Ventas]
  package_validation:
    - name: conocidos
      validation_expression: df['ventas']['cliente'].isin(df['clientes']['id'])
      message: Hay clientes desconocidos
      severity: ERROR
`;

test('a package and its catalogs become one document that is valid', () => {
  const { text, problems } = convertSpec(
    [
      { name: 'x/entrega.yaml', text: ENTREGA },
      { name: 'x/clientes.yaml', text: CLIENTES },
      { name: 'x/v.yaml', text: VENTAS },
    ],
    'es',
  );
  const { spec, problems: faults } = loadSpec(text ?? '');
  expect(faults).toEqual([]);
  const clientes = spec?.catalogs.get('clientes');
  expect(clientes).toMatchObject({
    filename: 'clientes.csv',
    format: { type: 'CSV', delimiter: ';', header: true },
  });
  expect(clientes?.fields.map(({ name, type, maxLength, scale }) => [name, type, maxLength, scale])).toEqual([
    ['id', 'texto', 10, undefined],
    ['saldo', 'decimal', undefined, 2],
    ['hijos', 'entero', undefined, undefined],
    ['alta', 'fecha', undefined, undefined],
  ]);
  expect(
    spec && rulesOf(spec).map(({ level, description, severity }) => [level, description, severity]),
  ).toEqual([
    ['field', 'No puede ser negativo', 'warning'],
    ['row', 'Debe', 'error'],
    ['package', 'Hay clientes desconocidos', 'error'],
  ]);
  expect(spec?.catalogs.get('ventas')?.format).toMatchObject({ delimiter: ',', header: false });
  expect(spec?.packages.get('entrega')).toMatchObject({ type: 'ZIP', catalogs: ['clientes', 'ventas'] });
  expect(problems.map(({ code, file, path, at }) => [code, file, path, at.line])).toEqual([
    ['CONVERT_PATTERN', 'x/clientes.yaml', 'catalog.filename_pattern', 4],
    ['CONVERT_KEY_DROPPED', 'x/clientes.yaml', 'catalog.fields[1].length', 9],
    ['CONVERT_KEY_DROPPED', 'x/clientes.yaml', 'catalog.owner', 6],
  ]);
});

test('a catalog alone is its own package', () => {
  const { text } = convertSpec([{ name: 'v.yaml', text: VENTAS }], 'en');
  expect(loadSpec(text ?? '').spec?.packages.get('ventas')).toMatchObject({
    type: 'CSV',
    catalogs: ['ventas'],
  });
});

test('what is no document of the older format, or no YAML, is told of every file', () => {
  const { text, problems } = convertSpec(
    [
      { name: 'a.yaml', text: 'sage_yaml: {}' },
      { name: 'b.yaml', text: 'a: [' },
      { name: 'c.yaml', text: '' },
    ],
    'es',
  );
  expect(text).toBeUndefined();
  expect(
    problems.filter(({ severity }) => severity === 'error').map(({ code, file }) => [file, code]),
  ).toEqual([
    ['a.yaml', 'CONVERT_ROOT'],
    ['b.yaml', 'YAML_MISSING_CHARACTER'],
    ['c.yaml', 'SPEC_EMPTY'],
  ]);
});

test('whatever stands where something else is expected, it is converted and then refused in words', () => {
  for (const odd of ['1', '[]', '{}', 'null', '[[1]]', '{a: {b: 1}}', '"\\u0001"']) {
    for (const key of [
      'name',
      'fields',
      'file_format',
      'row_validation',
      'filename_pattern',
      'id',
      '__proto__',
    ]) {
      const { text } = convertSpec([{ name: 'a.yaml', text: `catalog: {${key}: ${odd}}` }], 'es');
      expect(loadSpec(text ?? '').problems.length).toBeGreaterThan(0);
    }
  }
});
