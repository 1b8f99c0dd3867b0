import { describe, expect, test } from 'vitest';
import { say } from '../../../../runtime/files/messages.ts';
import { loadSpec } from '../../../../runtime/files/spec/load.ts';
import { documentOf, found } from './documents.ts';

const first = (text: string) => {
  const { spec, problems } = loadSpec(text);
  expect(spec).toBeUndefined();
  const { code, at, values } = problems[0] ?? {};
  return [code, at?.line, at?.column, values];
};

describe('text that is no specification', () => {
  test.each([
    ['', 'SPEC_EMPTY', 1, 1],
    ['# nothing\n', 'SPEC_EMPTY', 1, 1],
    ['~', 'SPEC_EMPTY', 1, 1],
    ['- a\n- b', 'SPEC_ROOT', 1, 1],
    ['just text', 'SPEC_ROOT', 1, 1],
    ['a:\n\tb: 1', 'YAML_TAB', 2, 1],
    ['a:\n    b: 1\n  c: 2', 'YAML_INDENT', 3, 1],
    ['a: b: c', 'YAML_COLON', 1, 4],
    ['a: "b', 'YAML_MISSING_CHARACTER', 1, 6],
    ['a: [b', 'YAML_MISSING_CHARACTER', 1, 6],
    ['a: "\\q"', 'YAML_ESCAPE', 1, 5],
    ['a: @b', 'YAML_SYNTAX', 1, 4],
    ['a: 1\n---\nb: 2', 'YAML_MULTIPLE_DOCUMENTS', 2, 1],
    ['a: b\u0000c', 'YAML_CONTROL_CHARACTER', 1, 5],
    ['a: !colour red', 'YAML_TAG', 1, 4],
    ['a: !!binary AAAA', 'YAML_TAG', 1, 4],
    ['a: !!js/function x', 'YAML_TAG', 1, 4],
    ['? [a]\n: b', 'YAML_KEY', 1, 3],
    ['a: *b', 'YAML_ALIAS_UNKNOWN', 1, 4],
    ['a: &b [*b]', 'YAML_ALIAS_CYCLE', 1, 8],
    ['a: 1\nb: 2\na: 3', 'YAML_DUPLICATE_KEY', 3, 1],
  ])('%j is %s at %i:%i', (text, code, line, column) => {
    const { spec, problems } = loadSpec(text);
    expect(spec).toBeUndefined();
    expect(problems.map(({ code: each, at }) => [each, at.line, at.column])).toContainEqual([
      code,
      line,
      column,
    ]);
  });

  test('is told in words that say what to do, in both languages', () => {
    const { problems } = loadSpec('a: 1\nb: 2\na: 3');
    const [problem] = problems.filter(({ code }) => code === 'YAML_DUPLICATE_KEY');
    expect(problem && say('es', problem.code, problem.values)).toBe(
      'La clave a ya está en la línea 1. Deja solo una.',
    );
    expect(problem && say('en', problem.code, problem.values)).toBe(
      'The key a is there already in line 1. Leave only one.',
    );
  });
});

test('duplicate keys and unknown tags do not hide the problems of the document', () => {
  const text = documentOf({ format: { header: 'no' } }).replace('"sage_yaml"', 'packages: !x 1, "sage_yaml"');
  expect(found(text)).toEqual([
    'YAML_TAG',
    'SPEC_NOT_MAP packages',
    'SPEC_NOT_FLAG catalogs.a.file_format.header',
    'YAML_DUPLICATE_KEY',
  ]);
});

test('a merge key is no key', () => {
  const text = documentOf().replace('"description":"a"', '"description":"a", <<: {}');
  expect(found(text)).toEqual(['SPEC_UNKNOWN_KEY catalogs.a.<<']);
});

test('YAML 1.2: yes and no are texts, whatever a directive says', () => {
  const text = documentOf().replace('"name":"A"', 'name: no');
  expect(loadSpec(`%YAML 1.1\n---\n${text}`).spec?.catalogs.get('a')?.name).toBe('no');
});

test('a byte order mark is no part of the text', () => {
  expect(found(`\ufeff${documentOf()}`)).toEqual([]);
  expect(loadSpec('\ufeffa: 1\na: 2').problems.find(({ code }) => code === 'YAML_DUPLICATE_KEY')?.at).toEqual(
    {
      line: 2,
      column: 1,
    },
  );
});

test('keys that objects have are keys like others', () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(found(documentOf().replace('"packages"', `${key}: 1, "packages"`))).toEqual([
      `SPEC_UNKNOWN_KEY ${key}`,
    ]);
    const named = documentOf().replaceAll('"a"', `"${key}"`).replace('a.csv', 'x.csv');
    expect(loadSpec(named).spec?.catalogs.get(key)?.fields).toHaveLength(1);
  }
  expect(Object.prototype).not.toHaveProperty('polluted');
});

describe('limits', () => {
  const size = (text: string) => Buffer.byteLength(text);

  test('1 MiB', () => {
    const head = documentOf();
    const fill = (bytes: number) => `${head} #${'x'.repeat(bytes - size(head) - 2)}`;
    expect(found(fill(1_048_576))).toEqual([]);
    expect(first(fill(1_048_577))).toEqual(['SPEC_TOO_LARGE', 1, 1, { bytes: 1_048_577, limit: 1_048_576 }]);
  });

  test('100 aliases', () => {
    const withAliases = (count: number) =>
      documentOf()
        .replace('"description":"d"', '"description": &d d')
        .replace(
          '"fields":[',
          `"fields":[${Array.from({ length: count }, (_, i) => `{name: f${i}, type: texto, description: *d},`).join('')}`,
        );
    expect(found(withAliases(100))).toEqual([]);
    expect(first(withAliases(101)).slice(0, 1)).toEqual(['YAML_ALIASES']);
  });

  test('40 levels', () => {
    expect(found(`${'['.repeat(30)}${']'.repeat(30)}`)).toEqual(['SPEC_ROOT']);
    expect(first('['.repeat(1_000)).slice(0, 2)).toEqual(['YAML_TOO_DEEP', 1]);
  });

  test('aliases that multiply', () => {
    const levels = Array.from(
      { length: 10 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join()}]`,
    );
    expect(first(['l0: &l0 x', ...levels].join('\n')).slice(0, 1)).toEqual(['YAML_EXPANSION']);
  });

  test('500 problems, the last of which says how many more', () => {
    const fields = Array.from({ length: 700 }, () => ({ name: 'id', type: 'texto', required: 'yes' }));
    const { problems } = loadSpec(documentOf({ fields }));
    expect(problems).toHaveLength(500);
    // 700 flags and 699 names that were there already.
    expect(problems.at(-1)).toMatchObject({ code: 'SPEC_MORE_PROBLEMS', values: { more: 900 } });
  });
});
