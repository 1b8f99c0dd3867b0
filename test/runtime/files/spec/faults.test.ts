import { describe, expect, test } from 'vitest';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { codes, documentOf, FIELD, found } from './documents.ts';

const rule = { name: 'r', description: 'd', rule: 'id is not null' };

describe('faults', () => {
  const a = 'catalogs.a';
  test.each([
    [
      'a delimiter of two characters',
      { format: { delimiter: '||' } },
      `SPEC_DELIMITER ${a}.file_format.delimiter`,
    ],
    ['the delimiter as quote', { format: { quote: ',' } }, `SPEC_SAME_CHARACTER ${a}.file_format.quote`],
    ['a header in quotes', { format: { header: 'false' } }, `SPEC_NOT_FLAG ${a}.file_format.header`],
    [
      'a date format without a year',
      { format: { date_formats: ['dd/MM'] } },
      `SPEC_DATE_FORMAT ${a}.file_format.date_formats[0]`,
    ],
    ['sheet 0', { format: { sheet: 0 } }, `SPEC_SHEET ${a}.file_format.sheet`],
    ['an unknown key', { catalog: { descripton: 'x' } }, `SPEC_UNKNOWN_KEY ${a}.descripton`],
    ['a number as name', { catalog: { name: 7 } }, `SPEC_NOT_TEXT ${a}.name`],
    ['no field', { fields: [] }, `SPEC_EMPTY_LIST ${a}.fields`],
    ['a field that is a text', { catalog: { fields: ['id'] } }, `SPEC_NOT_MAP ${a}.fields[0]`],
    ['fields that are a map', { catalog: { fields: {} } }, `SPEC_NOT_LIST ${a}.fields`],
    [
      'a length of a number',
      { fields: [{ ...FIELD, type: 'entero', max_length: 3 }] },
      `SPEC_CHECK_TYPE ${a}.fields[0].max_length`,
    ],
    [
      'a minimum that is no number',
      { fields: [{ ...FIELD, type: 'entero', min: 1.5 }] },
      `SPEC_VALUE_TYPE ${a}.fields[0].min`,
    ],
    [
      'a day that does not exist',
      { fields: [{ ...FIELD, type: 'fecha', min: '2023-02-29' }] },
      `SPEC_VALUE_TYPE ${a}.fields[0].min`,
    ],
    [
      'bounds crossed',
      { fields: [{ ...FIELD, type: 'decimal', min: 2, max: 1 }] },
      `SPEC_MIN_MAX ${a}.fields[0].max`,
    ],
    [
      'lengths crossed',
      { fields: [{ ...FIELD, min_length: 2, max_length: 1 }] },
      `SPEC_MIN_MAX ${a}.fields[0].max_length`,
    ],
    [
      'a default that is no option',
      { fields: [{ ...FIELD, options: ['x'], default: 'y' }] },
      `SPEC_DEFAULT_OPTION ${a}.fields[0].default`,
    ],
    [
      'select without options',
      { fields: [{ ...FIELD, type: 'select' }] },
      `SPEC_SELECT_OPTIONS ${a}.fields[0].type`,
    ],
    ['a look-ahead', { fields: [{ ...FIELD, pattern: '(?=a)' }] }, `SPEC_PATTERN ${a}.fields[0].pattern`],
    [
      'a key of unknown columns',
      { catalog: { unique_together: [['id', 'di']] } },
      `SPEC_UNKNOWN_FIELD ${a}.unique_together[0][1]`,
    ],
    [
      'a share above 1',
      { catalog: { row_validation: [{ ...rule, mostly: 95 }] } },
      `SPEC_NOT_NUMBER ${a}.row_validation[0].mostly`,
    ],
    [
      'a rule id twice',
      {
        catalog: {
          row_validation: [
            { ...rule, id: 'x' },
            { ...rule, id: 'x' },
          ],
        },
      },
      `SPEC_RULE_ID_TWICE ${a}.row_validation[1].id`,
    ],
    ['a catalog twice', { pack: { catalogs: ['a', 'a'] } }, 'SPEC_CATALOG_TWICE packages.p.catalogs[1]'],
    ['no catalog', { pack: { catalogs: [] } }, 'SPEC_EMPTY_LIST packages.p.catalogs'],
    [
      'a CSV catalog in an EXCEL package',
      { pack: { file_format: { type: 'EXCEL' } } },
      'SPEC_PACKAGE_TYPE packages.p.catalogs[0]',
    ],
    [
      'an id with a slash',
      {
        more: {
          packages: { 'x/y': { name: 'P', description: 'p', file_format: { type: 'CSV' }, catalogs: ['a'] } },
        },
      },
      'SPEC_ID packages.x/y',
    ],
    ['a format to come', { head: { spec: 2 } }, 'SPEC_NOT_WHOLE sage_yaml.spec'],
    [
      'too many rules',
      { catalog: { row_validation: Array.from({ length: 2_001 }, () => rule) } },
      'RULES_TOO_MANY',
    ],
  ])('%s', (_, changes, problem) => {
    const loaded = loadSpec(documentOf(changes));
    expect(codes(loaded).filter((code) => !code.startsWith('~'))).toEqual([problem]);
    expect(loaded.spec).toBeUndefined();
  });

  test('a key that is unknown names the nearest one', () => {
    const { problems } = loadSpec(documentOf({ catalog: { descripton: 'x' } }));
    expect(problems[0]?.values).toEqual({ key: 'descripton', nearest: 'description' });
  });

  test('two catalogs of a package with one file name', () => {
    const document = JSON.parse(documentOf({ pack: { file_format: { type: 'ZIP' }, catalogs: ['a', 'b'] } }));
    document.catalogs.b = { ...document.catalogs.a, filename: 'A.CSV' };
    expect(found(JSON.stringify(document))).toEqual(['SPEC_FILENAME_TWICE packages.p.catalogs[1]']);
  });
});

test('lints warn and do not refuse', () => {
  const long = 'x'.repeat(31);
  const loaded = loadSpec(
    documentOf({
      format: { type: 'csv' },
      fields: [
        { ...FIELD, validation_rules: [] },
        { ...FIELD, name: long },
        { ...FIELD, name: 'a b' },
        { ...FIELD, name: 'ID' },
      ],
      catalog: { filename: 'a.xlsx' },
      pack: { file_format: { type: 'ZIP', delimiter: ';' } },
    }),
  );
  expect(loaded.spec).toBeDefined();
  expect([...codes(loaded)].sort()).toEqual([
    '~SPEC_EMPTY_RULES catalogs.a.fields[0].validation_rules',
    '~SPEC_EXTENSION catalogs.a.filename',
    '~SPEC_KEY_IGNORED packages.p.file_format.delimiter',
    '~SPEC_NAME_ALIKE catalogs.a.fields[3].name',
    '~SPEC_NAME_LONG catalogs.a.fields[1].name',
    '~SPEC_NAME_UNSAFE catalogs.a.fields[2].name',
    '~SPEC_TYPE_CASE catalogs.a.file_format.type',
    '~SPEC_ZIP_FOR_ONE packages.p.file_format.type',
  ]);
  const odd = JSON.parse(documentOf({ pack: { catalogs: ['a-b'] } }));
  odd.catalogs = { 'a-b': odd.catalogs.a };
  expect(found(JSON.stringify(odd))).toEqual(['~SPEC_ID_UNSAFE catalogs.a-b']);
  expect(found(documentOf({ more: { packages: {} } }))).toEqual(['~SPEC_NO_PACKAGES packages']);
});
