import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { codes, documentOf } from './documents.ts';

const withRule = (written: string) => `sage_yaml: {name: n, description: d, version: 1, author: a}
catalogs:
  a:
    name: A
    description: a
    filename: a.csv
    file_format: {type: CSV, delimiter: ","}
    fields: [{name: id, type: texto}]
    row_validation:
    - name: r
      description: d
      rule: ${written}
packages: {}
`;

test.each([
  ['id > foo(1)', 12, 18],
  ['"id > foo(1)"', 12, 19],
  ["'id == ''x'' or id > foo(1)'", 12, 34],
  ['"id == \\"x\\" or id > foo(1)"', 12, 34],
  ['|\n        len(id) > 0 and\n        id > foo(1)', 14, 14],
  ['>-\n        len(id) > 0 and\n        id > foo(1)', 14, 14],
  ['len(id) > 0 and\n        id > foo(1)', 13, 14],
])('a rule that cannot be read is told where it stands in the document: %s', (written, line, column) => {
  const { spec, problems } = loadSpec(withRule(written));
  expect(spec).toBeUndefined();
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  expect(problem).toMatchObject({
    code: 'RULE_UNSUPPORTED',
    path: 'catalogs.a.row_validation[0].rule',
    at: { line, column },
  });
});

const rule = (text: string) => ({ name: 'r', description: 'd', rule: text });

test('rules are told together with everything else; unknown columns only where the columns are known', () => {
  const row_validation = [rule("df['zz'] > 1"), rule('import os'), { name: 'r', description: 'd' }];
  const whole = loadSpec(documentOf({ catalog: { row_validation: row_validation.slice(0, 1) } }));
  expect(codes(whole)).toEqual(['~RULE_UNKNOWN_COLUMN catalogs.a.row_validation[0].rule']);
  expect(whole.spec).toBeDefined();
  expect([...codes(loadSpec(documentOf({ catalog: { row_validation, name: 1 } })))].sort()).toEqual([
    'RULE_UNSUPPORTED catalogs.a.row_validation[1].rule',
    'SPEC_MISSING_KEY catalogs.a.row_validation[2].rule',
    'SPEC_NOT_TEXT catalogs.a.name',
  ]);
});

test('the integrity rule of the fixture is told to be several, in the line where it does so', () => {
  const { problems } = loadSpec(readFileSync('test/runtime/files/fixtures/comercial.yaml', 'utf8'));
  expect(problems.map(({ code, at }) => [code, at.line, at.column])).toEqual([
    ['RULE_AMBIGUOUS_AND', 589, 73],
    ['RULE_SEVERAL_RELATIONS', 592, 74],
  ]);
});
