import { describe, expect, test } from 'vitest';
import { answers, catalog, compile, day, field, packageRule, rule, spec } from './world.ts';

/** The sage dialect by hand. */

const ventas = catalog('ventas', [
  field('cliente', 'texto'),
  field('zona', 'texto'),
  field('cantidad', 'entero'),
  field('precio', 'decimal'),
  field('total', 'decimal'),
  field('alta', 'fecha'),
  field('activo', 'booleano'),
  field('Fecha de baja', 'fecha'),
  field('by', 'entero'),
]);
const clientes = catalog('clientes', [field('id', 'texto'), field('zona', 'texto')]);
const document = spec([ventas, clientes]);
const rows = [
  ['C001', 'N', 3, 10.1, 30.3, day('2024-02-29'), true, day('2024-05-10'), 1],
  ['C002', 'N', -1, 2, -2, day('2024-05-11T12:00:00'), false, null, 2],
  [null, 'S', null, null, null, null, null, null, null],
  ['C001', 'S', 2, 0.5, 1.005, day('2023-12-31T23:59:59'), true, day('2023-12-31'), 4],
];
const tables = {
  ventas: rows,
  clientes: [
    ['C001', 'N'],
    ['C002', 'N'],
    [null, 'S'],
  ],
};
const run = (expression: string, more = {}) => answers(rule(expression, more), document, tables);
const problem = (expression: string) => compile(rule(expression, { language: 'sage' }), document).problems[0];

describe('rows', () => {
  test.each([
    ['cantidad > 0 and total == round(cantidad * precio, 2)', [true, false, true, false]],
    ['cantidad > 0', [true, false, true, true]],
    ['not (cantidad > 0)', [false, true, true, false]],
    ['cantidad is not null', [true, true, false, true]],
    ['not cantidad is null', [true, true, false, true]],
    ['cantidad in (3, 2)', [true, false, true, true]],
    ['cantidad not in (3, 2)', [false, true, true, false]],
    ['cantidad in (3)', [true, false, true, false]],
    ['cantidad between 0 and 2', [false, false, true, true]],
    ['cantidad not between 0 and 2', [true, true, true, false]],
    ['round(total, 2) == 1.01 or total > 2', [true, false, true, true]],
    ['exactly(total, cantidad * precio)', [false, true, true, false]],
    ['len(cliente) == 4 and upper(zona) == zona', [true, true, true, true]],
    ["matches(cliente, 'C[0-9]{3}')", [true, true, true, true]],
    ["contains(cliente, '.')", [false, false, true, false]],
    ["starts_with(cliente, 'C00') and ends_with(cliente, '1')", [true, false, true, true]],
    ["substr(cliente, 2, 2) == '00' and substr(cliente, 4) == '1'", [true, false, true, true]],
    ["replace(cliente, 'C', '') == '001'", [true, false, true, true]],
    ['to_number(substr(cliente, 2)) == 1', [true, false, true, true]],
    ['to_number(cliente) is null', [true, true, true, true]],
    ["to_date('29/02/2024', 'dd/MM/yyyy') == alta", [true, false, true, false]],
    ["to_date(replace(cliente, 'C', '')) is null", [true, true, true, true]],
    ["alta >= '2024-01-01'", [true, true, true, false]],
    ['alta <= today', [true, false, true, true]],
    ['alta <= today()', [true, false, true, true]],
    ['year(alta) == 2024 and month(alta) in (2, 5)', [true, true, true, false]],
    ['weekday(alta) == 4 and day(alta) == 29', [true, false, true, false]],
    ['days_between(alta, [Fecha de baja]) == 71', [true, true, true, false]],
    ['days_between(alta, [Fecha de baja]) == 0', [false, true, true, true]],
    ["cantidad < 0 ? activo == false : zona != 'X'", [true, true, true, true]],
    ['if(activo, cantidad, 0) >= 0', [true, true, true, true]],
    ['coalesce(cantidad, 0) >= 0', [true, false, true, true]],
    ['min(cantidad, precio) >= 0.5 and max(cantidad, 2) == 3', [true, false, true, false]],
    ['abs(cantidad) == 1 or floor(precio) == 10 or ceil(precio) == 1', [true, true, true, true]],
    ['cantidad // 2 == 1 and cantidad % 2 == 1', [true, false, true, false]],
    ['-cantidad % 3 == 1', [false, true, true, true]],
    ['2 ** cantidad >= 4', [true, false, true, true]],
    ["cliente + '-' + zona == 'C001-N'", [true, false, true, false]],
    ['row_number() <= 2', [true, true, false, false]],
    ['[by] == 1 or by == 2', [true, true, true, false]],
    ['count(by cliente) <= 1', [false, true, true, false]],
    ['sum(cantidad by zona) == 2', [true, true, true, true]],
    ['sum(cantidad by cliente, zona) == cantidad', [true, true, true, true]],
    ['unique(cliente by zona)', [true, true, true, true]],
    ['distinct(cliente by zona) == 1', [false, false, true, true]],
    ['exists_in(cliente, clientes.id)', [true, true, true, true]],
    ['exists_in((cliente, zona), (clientes.id, clientes.zona))', [true, true, true, false]],
    ['cantidad / 0 > 5', [true, false, true, true]],
    ['(cantidad - cantidad) / 0 > 5', [true, true, true, true]],
    ['precio == avg(precio)', [false, false, true, false]],
  ])('%s', (expression, expected) => {
    expect(run(expression)).toEqual(expected);
  });

  test('what is unknown passes, unless on_null says fail', () => {
    expect(run('cantidad > 0', { onNull: 'fail' })).toEqual([true, false, false, true]);
    expect(run("cantidad > 0 or zona == 'S'", { onNull: 'fail' })).toEqual([true, false, true, true]);
    expect(run('not (cantidad > 0)', { onNull: 'fail' })).toEqual([false, true, false, false]);
  });

  test('aggregates give one answer', () => {
    const whole: readonly (readonly [string, boolean])[] = [
      ['count() == 4 and count(cliente) == 3 and count_if(activo) == 2', true],
      ['sum(cantidad) == 4 and avg(cantidad) between 1.33 and 1.34', true],
      ['min_of(cantidad) == -1 and max_of(alta) > today', true],
      ['distinct(cliente) == 2', true],
      ['unique(cliente)', false],
      ['unique(cliente, zona)', true],
      ['median(cantidad) == 2', true],
      ['stddev(cantidad) between 2.08 and 2.09', true],
      ['sum(cantidad * precio) == 29.3', true],
      ['count_if(total > avg(total)) == 1', true],
      ['min_of(cantidad) > 0 ? false : true', true],
    ];
    for (const [expression, expected] of whole)
      expect([expression, run(expression)]).toEqual([expression, expected]);
  });

  test('aggregates of no rows: a sum is 0, what has no value is unknown', () => {
    const at = (expression: string) => answers(rule(expression), document, { ventas: [] });
    expect(at('sum(cantidad) == 0 and count() == 0')).toBe(true);
    expect(at('avg(cantidad) > 5 and median(cantidad) > 5 and max_of(cantidad) > 5')).toBe(true);
    expect(answers(rule('max_of(cantidad) > 5', { onNull: 'fail' }), document, { ventas: [] })).toBe(false);
  });

  test('a million cents are what they should be', () => {
    const cents = Array.from({ length: 100_000 }, () => [null, null, null, null, 0.01]);
    expect(answers(rule('exactly(sum(total), 1000)'), document, { ventas: cents })).toBe(true);
  });

  test('texts stand in the order of code points', () => {
    const texts = { ventas: [['\uffff'], ['\u{10000}'], ['z']] };
    expect(answers(rule("cliente < '\u{10000}'"), document, texts)).toEqual([true, false, true]);
    expect(
      answers(rule("max_of(cliente) == '\u{10000}' and len(max_of(cliente)) == 1"), document, texts),
    ).toBe(true);
  });
});

describe('packages', () => {
  const at = (expression: string) => answers(packageRule(expression), document, tables);

  test('columns are named with their catalog', () => {
    expect(at('exists_in(ventas.cliente, clientes.id)')).toEqual([true, true, true, true]);
    expect(at('ventas.cantidad > 0')).toEqual([true, false, true, true]);
    expect(at('count(ventas) > count(clientes)')).toBe(true);
    expect(at('ventas.[Fecha de baja] is null')).toEqual([false, true, true, false]);
    expect(at('sum(ventas.cantidad by ventas.zona) == 2')).toEqual([true, true, true, true]);
  });

  test('a bare column is told its catalog; rows of two catalogs are not compared', () => {
    expect(compile(packageRule('cantidad > 0'), document).problems).toMatchObject([
      { code: 'RULE_UNSUPPORTED', values: { text: 'cantidad', replacement: 'ventas.cantidad' } },
    ]);
    expect(compile(packageRule('ventas.zona == clientes.zona'), document).problems).toMatchObject([
      { code: 'RULE_CROSS_CATALOG', values: { catalogs: 'ventas, clientes' } },
    ]);
  });

  test('sides of different catalogs are each reduced to all their rows', () => {
    const both = "ventas.zona != 'X' and clientes.zona in ('N', 'S')";
    expect(at(both)).toBe(true);
    expect(compile(packageRule(both), document).problems).toMatchObject([{ code: 'RULE_AMBIGUOUS_AND' }]);
    expect(at("ventas.zona != 'X' and clientes.zona == 'N'")).toBe(false);
  });
});

describe('refusals', () => {
  test.each([
    ['cantidad = 1', 'RULE_UNSUPPORTED', '=', '=='],
    ['cantidad <> 1', 'RULE_UNSUPPORTED', '<>', '!='],
    ['cantidad > 1 && true', 'RULE_UNSUPPORTED', '&&', 'and'],
    ['cantidad > 1 || true', 'RULE_UNSUPPORTED', '||', 'or'],
    ['!activo', 'RULE_UNSUPPORTED', '!', 'not'],
    ['cantidad == null', 'RULE_UNSUPPORTED', '== null', 'is null'],
    ['length(cliente) > 1', 'RULE_UNSUPPORTED', 'length()', 'len'],
    ['0 < cantidad < 5', 'RULE_UNSUPPORTED', '<', undefined],
    ['cantidad in 3', 'RULE_UNSUPPORTED', 'in', undefined],
    ['_x > 1', 'RULE_UNSUPPORTED', '_x', '[_x]'],
    ['round(total, cantidad) > 1', 'RULE_UNSUPPORTED', 'round', undefined],
    ['len(cliente, zona) > 1', 'RULE_UNSUPPORTED', 'len(2)', undefined],
    ['sum(5) > 1', 'RULE_UNSUPPORTED', 'sum()', undefined],
    ['exists_in(cliente, 5)', 'RULE_UNSUPPORTED', 'in', undefined],
    ['[sin cerrar > 1', 'RULE_UNSUPPORTED', '[sin cerrar > 1', undefined],
  ])('%s', (expression, code, text, replacement) => {
    expect(problem(expression)).toMatchObject({ code, severity: 'error', values: { text } });
    expect(problem(expression)?.values.replacement).toBe(replacement);
  });

  test.each([
    ['cliente > 5', 'RULE_TYPE_MISMATCH'],
    ['activo == 1', 'RULE_TYPE_MISMATCH'],
    ['len(cantidad) > 1', 'RULE_TYPE_MISMATCH'],
    ['alta + 5 > today', 'RULE_TYPE_MISMATCH'],
    ['exists_in(cantidad, clientes.id)', 'RULE_TYPE_MISMATCH'],
    ['cantidad + 1', 'RULE_NOT_BOOLEAN'],
    ['null', 'RULE_NOT_BOOLEAN'],
    ['cantidades > 0', 'RULE_UNKNOWN_COLUMN'],
    ['exists_in(cliente, clientez.id)', 'RULE_UNKNOWN_COLUMN'],
  ])('%s is %s, which ends this rule only', (expression, code) => {
    const { plan, problems } = compile(rule(expression), document);
    expect(problems).toMatchObject([{ code, severity: 'warning' }]);
    expect(plan?.fault?.code).toBe(code);
  });

  test('an unknown name is told its nearest', () => {
    expect(problem('cantidades > 0')?.values).toMatchObject({ name: 'cantidades', nearest: 'cantidad' });
  });
});
