import { describe, expect, test, vi } from 'vitest';
import { say } from '../../../../runtime/files/messages.ts';
import { checkRules } from '../../../../runtime/files/rules/check.ts';
import { answers, catalog, compile, field, packageRule, rule, spec } from './world.ts';

const ventas = catalog('ventas', [
  field('id', 'entero'),
  field('cliente', 'texto'),
  field('total', 'decimal'),
  field('cantidad', 'entero'),
  field('precio', 'decimal'),
  field('fecha', 'fecha'),
]);
const clientes = catalog('clientes', [field('id', 'texto')]);
const productos = catalog('productos', [field('id', 'texto')]);
const document = spec([ventas, clientes, productos]);
const venta = (id: number, cliente: string | null, total: number | null) => [
  id,
  cliente,
  total,
  3,
  10.1,
  null,
];

describe('rows of the acceptance table', () => {
  test('files T41: a catalog rule of an aggregate: sum 3 is below 1000, and not below 1', () => {
    const tables = { ventas: [venta(1, 'a', 1), venta(2, 'a', 2), venta(3, 'b', null)] };
    const at = (expression: string) => answers(rule(expression, { level: 'catalog' }), document, tables);
    expect(at("df['total'].sum() < 1000")).toBe(true);
    expect(at("df['total'].sum() < 1")).toBe(false);
    expect(at('sum(total) < 1000')).toBe(true);
    expect(at('sum(total) < 1')).toBe(false);
  });

  test('files T44: an unknown column ends that rule only; what is outside the subset refuses the document', () => {
    const unknown = compile(rule("df['zz'] > 0"), document);
    expect(unknown.plan?.fault).toEqual({
      code: 'RULE_UNKNOWN_COLUMN',
      values: { rule: 'regla', name: 'zz', hint: 'RULE_HINT_NEAREST', nearest: expect.any(String) },
    });
    expect(unknown.problems).toMatchObject([{ code: 'RULE_UNKNOWN_COLUMN', severity: 'warning' }]);
    expect(() => unknown.plan?.test([], { rowNumber: 1, line: 1 }, [])).toThrow('zz');

    const at = { line: 12, column: 15 };
    const outside = rule("df['total'].clip(0, 1) > 0", { at });
    const row = { ...ventas, rowRules: [rule("df['zz'] > 0", { id: 'otra', at }), outside] };
    const problems = checkRules(spec([row, clientes, productos]));
    expect(problems).toMatchObject([
      { code: 'RULE_UNKNOWN_COLUMN', severity: 'warning', path: 'catalogs.ventas.row_validation[0].rule' },
      {
        code: 'RULE_UNSUPPORTED',
        severity: 'error',
        path: 'catalogs.ventas.row_validation[1].rule',
        at: { line: 12, column: 15 + "df['total'].".length },
        values: { rule: 'regla', text: '.clip', replacement: '.between(…, …)' },
      },
    ]);
    expect(say('es', 'RULE_UNSUPPORTED', problems[1]?.values)).toBe(
      'La regla «regla» usa algo que no se admite: .clip. Escribe: .between(…, …)',
    );
  });

  test.each([
    'import os',
    "__import__('os').system('true')",
    "getattr(df, 'x')",
    "getattr(df, '__class__') == 1",
    'df.__class__ == 1',
    "df['total'].__class__.__mro__",
    "''.__class__ == 1",
    "(lambda: 1)() and df['total'] > 0",
    "[x for x in df['total']] == []",
    "f'{df}' == ''",
    'df := 1',
    "exec('1') or df['total'] > 0",
    "df['total'].apply(lambda x: x) > 0",
    'constructor == 1',
    'toString() == 1',
    "df['total'].constructor('1') == 1",
    "df['zz'].constructor('1') == 1",
    "hasOwnProperty('x') == 1",
    'df._data == 1',
    "open('/etc/passwd') == 1",
    "pd.read_csv('x').empty or df.empty",
    "np.load('x') == df['total']",
  ])('files T45: %s is RULE_UNSUPPORTED at load, with a place (H24)', (expression) => {
    for (const level of ['row', 'package'] as const) {
      const made =
        level === 'row' ? rule(expression) : packageRule(expression.replaceAll('df[', "df['ventas']["));
      for (const language of ['auto', 'pandas', 'sage'] as const) {
        if (expression === 'constructor == 1' && language !== 'pandas' && level === 'row') continue;
        const { plan, problems } = compile({ ...made, language }, document);
        expect(plan).toBeUndefined();
        expect(problems).toMatchObject([{ code: 'RULE_UNSUPPORTED', severity: 'error' }]);
        expect(problems[0]?.at.column).toBeGreaterThan(0);
      }
    }
  });

  test('files T46: a pattern that a backtracking engine never ends on, and no native RegExp of the rule', () => {
    const text = `${'a'.repeat(50_000)}!`;
    const rows = [venta(1, text, 1), venta(2, 'aaa', 1)];
    const native = vi.spyOn(globalThis, 'RegExp');
    const [pandas, sage] = [`df['cliente'].str.match(r'^(a+)+$')`, `matches(cliente, '^(a+)+$')`].map(
      (expression) => answers(rule(expression), document, { ventas: rows }),
    );
    const made = native.mock.calls.map(([pattern]) => String(pattern));
    native.mockRestore();
    expect(pandas).toEqual([false, true]);
    expect(sage).toEqual([false, true]);
    expect(made.filter((pattern) => pattern.includes('a+'))).toEqual([]);
  });

  test.each(['(?=a)b', '(?!a)b', '(?<=a)b', '(?<!a)b', String.raw`(a)\1`, 'a)(b', '(', '*a', 'a{2000}'])(
    'the pattern %s is REGEX_UNSUPPORTED at load, with its place',
    (pattern) => {
      const { plan, problems } = compile(rule(`df['cliente'].str.contains(r'${pattern}')`), document);
      expect(plan).toBeUndefined();
      expect(problems).toMatchObject([
        { code: 'REGEX_UNSUPPORTED', severity: 'error', at: { line: 1, column: 28 }, values: { pattern } },
      ]);
    },
  );

  test('files T48: an `and` of memberships over three catalogs fails once, with a lint, and aborts nothing', () => {
    const tables = {
      ventas: [venta(1, 'a', 1), venta(2, 'b', 1)],
      clientes: [['a'], ['b']],
      productos: [['a']],
    };
    const both = packageRule(
      "df['ventas']['cliente'].isin(df['clientes']['id']) and df['productos']['id'].isin(df['clientes']['id'])",
    );
    expect(answers(both, document, tables)).toBe(true);
    expect(answers(both, document, { ...tables, ventas: [...tables.ventas, venta(3, 'z', 1)] })).toBe(false);
    expect(answers(both, document, { ...tables, productos: [['a'], ['y']] })).toBe(false);
    expect(compile(both, document).problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['RULE_AMBIGUOUS_AND', 'warning'],
      ['RULE_SEVERAL_RELATIONS', 'warning'],
    ]);
    const sameRows = packageRule(
      "df['ventas']['cliente'].isin(df['clientes']['id']) and df['ventas']['cliente'].isin(df['productos']['id'])",
    );
    expect(answers(sameRows, document, tables)).toEqual([true, false]);
    expect(compile(sameRows, document).problems.map(({ code }) => code)).toContain('RULE_AMBIGUOUS_AND');
  });

  test('files T49: total 30.3 equals cantidad 3 by precio 10.1, unless `exactly` is asked for', () => {
    const tables = { ventas: [venta(1, 'a', 30.3), venta(2, 'a', 30.31)] };
    expect(answers(rule("df['total'] == df['cantidad'] * df['precio']"), document, tables)).toEqual([
      true,
      false,
    ]);
    expect(answers(rule('total == cantidad * precio'), document, tables)).toEqual([true, false]);
    expect(answers(rule('total != cantidad * precio'), document, tables)).toEqual([false, true]);
    expect(answers(rule('exactly(total, cantidad * precio)'), document, tables)).toEqual([false, false]);
  });

  test.each([
    ["df['total'].sum() < 1000", true],
    ["df['total'].sum() < 1", false],
    ["len(df) == 2 and df['total'].max() > 1", true],
    ["df['total'].mean() > 100", false],
  ])(
    'files H25: an aggregate compared with a number is a plain boolean at every level: %s',
    (expression, expected) => {
      const tables = { ventas: [venta(1, 'a', 1), venta(2, 'a', 2)] };
      expect(answers(rule(expression, { level: 'catalog' }), document, tables)).toBe(expected);
      const whole = expression.replaceAll(/df(?=\[|\))/g, "df['ventas']");
      const { plan } = compile(packageRule(whole), document);
      expect(plan?.testsRowsOf).toBeUndefined();
      expect(answers(packageRule(whole), document, tables)).toBe(expected);
    },
  );
});
