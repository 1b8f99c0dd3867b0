import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { specJsonSchema } from '../../../../runtime/files/spec/shape.ts';
import { documentOf } from './documents.ts';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(
  specJsonSchema(),
);

/** Write it anew with `npx vitest run -u` after a change of the shape. */
test('the schema for editors is that of the code', async () => {
  await expect(`${JSON.stringify(specJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../../../spec.schema.json',
  );
});

test.each([
  'test/runtime/files/fixtures/comercial.yaml',
  'test/runtime/files/fixtures/inventario.yaml',
  'examples/files/pedidos-diarios.yaml',
])('%s has no fault for an editor', (file) => {
  validate(parse(readFileSync(file, 'utf8')));
  expect(validate.errors).toBeNull();
});

test('an editor shows what is wrong, and accepts what the loader accepts', () => {
  const isValid = (changes: Parameters<typeof documentOf>[0]) => validate(JSON.parse(documentOf(changes)));
  const field = { name: 'id', type: 'texto' };
  expect(isValid({})).toBe(true);
  expect(isValid({ head: { comments: null, version: 2.1 }, format: { type: 'csv', delimiter: '\\t' } })).toBe(
    true,
  );
  expect(isValid({ fields: [{ ...field, type: 'String' }] })).toBe(true);
  expect(isValid({ pack: { file_format: { type: 'zip', delimiter: ';' } } })).toBe(true);
  expect(isValid({ fields: [{ ...field, type: 'foo' }] })).toBe(false);
  expect(isValid({ fields: [] })).toBe(false);
  expect(isValid({ catalog: { header: true } })).toBe(false);
  expect(isValid({ format: { delimiter: '||' } })).toBe(false);
  expect(isValid({ format: { header: 'false' } })).toBe(false);
  expect(isValid({ more: { packages: null } })).toBe(false);
  const rule = { name: 'r', description: 'd', rule: 'x' };
  expect(isValid({ catalog: { row_validation: [{ ...rule, severity: 'Warning' }] } })).toBe(true);
  expect(isValid({ catalog: { row_validation: [{ ...rule, severity: 'FATAL' }] } })).toBe(false);
});
