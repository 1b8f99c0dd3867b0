import { describe, expect, test } from 'vitest';
import { answers, catalog, compile, day, field, packageRule, rule, spec } from './world.ts';

/** The pandas subset by hand: meanings, refusals and the hints that come with them. */

const ventas = catalog('ventas', [
  field('cliente', 'texto', { isRequired: true }),
  field('tipo', 'texto'),
  field('cantidad', 'entero', { isUnique: true }),
  field('total', 'decimal'),
  field('fecha', 'fecha'),
  field('activo', 'booleano'),
]);
const clientes = catalog('clientes', [field('id', 'texto'), field('zona', 'texto'), field('n', 'entero')]);
const document = spec([ventas, clientes]);
const row = (more: Partial<Record<'cliente' | 'tipo', string | null> & Record<string, unknown>>) =>
  [
    more.cliente ?? null,
    more.tipo ?? null,
    more.cantidad ?? null,
    more.total ?? null,
    more.fecha ?? null,
    more.activo ?? null,
  ] as (string | number | null)[];
const rows = [
  row({ cliente: 'C001', tipo: 'A', cantidad: 1, total: 10, fecha: day('2024-01-10') }),
  row({ cliente: 'X9', tipo: 'B', cantidad: 2, total: 0, fecha: day('2023-12-31') }),
  row({ cliente: null, tipo: null, cantidad: null, total: null }),
  row({ cliente: 'C001', tipo: 'A', cantidad: 4, total: -2.5, fecha: day('2024-03-01') }),
];
const tables = { ventas: rows, clientes: [['C001', 'N', 1]] };
const run = (expression: string) => answers(rule(expression), document, tables);
const problem = (expression: string) => compile(rule(expression), document).problems[0];

describe('rows', () => {
  test.each([
    ["df['total'] > 0", [true, false, false, false]],
    ["df['total'] != 0", [true, false, true, true]],
    ["~(df['total'] > 0)", [false, true, true, true]],
    ["(df['total'] > 0) & (df['tipo'] == 'A')", [true, false, false, false]],
    ["(df['total'] > 0) | df['tipo'].isnull()", [true, false, true, false]],
    ["df['total'].notnull()", [true, true, false, true]],
    ["pd.isnull(df['total'])", [false, false, true, false]],
    ["df['cliente'].str.match('C[0-9]+')", [true, false, false, true]],
    ["df['cliente'].str.contains('0', na=True)", [true, false, true, true]],
    ["df['cliente'].str.contains('c', case=False)", [true, false, false, true]],
    ["df['cliente'].str.contains('.', regex=False, na=False)", [false, false, false, false]],
    ["df['cliente'].str.startswith(('C', 'X'))", [true, true, false, true]],
    ["df['cliente'].str.len().between(2, 3)", [false, true, false, false]],
    ["df['cantidad'].astype(str).str.len() == 1", [true, true, false, true]],
    ["df['total'].astype(str).isin(['10.0', '0.0'])", [true, true, false, false]],
    ["df['fecha'] >= '2024-01-01'", [true, false, false, true]],
    ["df['fecha'].between('2023-12-31', '2024-01-31', inclusive='right')", [true, false, false, false]],
    ["df['tipo'].isin(['A', None])", [true, false, true, true]],
    ["df['cliente'].duplicated()", [false, false, false, true]],
    ["df['cliente'].duplicated(keep=False)", [true, false, false, true]],
    ["df[['cliente', 'tipo']].duplicated()", [false, false, false, true]],
    ["df[['cliente', 'tipo']].notnull().all(axis=1)", [true, true, false, true]],
    ["df[df['tipo'] == 'A']['total'] > 0", [true, null, null, false]],
    ["df['total'] == df['total'].max()", [true, false, false, false]],
    ["(df['total'] if df['tipo'] == 'A' else 5) > 0", [true, true, true, false]],
    ["df['total'].fillna(1) > 0", [true, false, true, false]],
    ["df['cantidad'] % 2 == 0", [false, true, false, true]],
    ["-df['cantidad'] ** 2 == -4", [false, true, false, false]],
    ["2 ** -1 * df['cantidad'] == 1", [false, true, false, false]],
    ["df['activo'] == 1", [false, false, false, false]],
    ["df['total'] == None", [false, false, false, false]],
  ])('%s', (expression, expected) => {
    expect(run(expression)).toEqual(expected);
  });

  test('a row rule that speaks of aggregates only gives one answer', () => {
    const whole: readonly (readonly [string, boolean])[] = [
      ['len(df) == 4', true],
      ['df.shape[0] == 4 and df.shape[1] == 6', true],
      ['len(df.columns) == 6', true],
      ['not df.empty', true],
      ["0 < df['total'].max() <= 10", true],
      ["df['cantidad'].is_unique", true],
      ["df['cliente'].is_unique", false],
      ["df['cliente'].nunique() in [2, 3]", true],
      ["df[df['tipo'] == 'A']['total'].sum() == 7.5", true],
      ["len(df[df['tipo'] == 'A']) == 2", true],
      ["df[df['tipo'] == 'Z'].empty", true],
      ["df['total'][df['tipo'] == 'A'].min() == -2.5", true],
      ["(df['total'] > 0).sum() == 1", true],
      ["(df['total'] > -5).all()", false],
      ["max(df['cantidad']) == 4 and min(1, 2) == 1", true],
      ["round(df['total'].mean(), 1) == 2.5", true],
      ["int(df['total'].sum()) == 7 and str(df['cantidad'].max()) == '4'", true],
      ['1 < 2', true],
    ];
    for (const [expression, expected] of whole)
      expect([expression, run(expression)]).toEqual([expression, expected]);
  });

  test('on_null, given, makes the unknown pass or fail in this language, too', () => {
    const give = (onNull: 'pass' | 'fail', expression: string) =>
      answers(rule(expression, { onNull }), document, tables);
    expect(give('pass', "df['total'] > 0")).toEqual([true, false, true, false]);
    expect(give('fail', "~(df['total'] > 0)")).toEqual([false, true, false, true]);
  });

  test('whole numbers stay exact beyond 2^53', () => {
    const big = [row({ cantidad: 2n ** 53n + 1n }), row({ cantidad: Number.MAX_SAFE_INTEGER })];
    const at = (expression: string) => answers(rule(expression), document, { ventas: big });
    expect(at("df['cantidad'] == 9007199254740993")).toEqual([true, false]);
    expect(at("df['cantidad'] + 2 == 9007199254740993")).toEqual([false, true]);
    expect(at("df['cantidad'].sum() == 18014398509481984")).toBe(true);
    expect(at("df['cantidad'] ** 3 == 730750818665451459101842416358141509827966271488")).toEqual([
      false,
      false,
    ]);
  });

  test('a field rule sees only the rows where its field is filled, in aggregates too', () => {
    const at = (expression: string) =>
      answers(rule(expression, { level: 'field', field: 'total' }), document, tables);
    expect(at("df['total'] > 0")).toEqual([true, false, null, false]);
    expect(at('len(df) == 3')).toBe(true);
    expect(at("df['tipo'].isnull().any()")).toBe(false);
  });

  test('a text that astype cannot turn into a number ends the rule, and names the line', () => {
    expect(() => run("df['cliente'].astype(int) > 0")).toThrow(
      'The rule “regla” could not be evaluated on line 2: a text is not a number.',
    );
  });

  test('a number or a text that grows without end ends the rule', () => {
    expect(() => run("(df['cantidad'] + 9) ** 99999 > 0")).toThrow('a number became too large');
    const long = { ventas: [row({ cliente: 'x'.repeat(65_537) })] };
    expect(() => answers(rule("df['cliente'].str.upper() == 'X'"), document, long)).toThrow(
      'a text became too long',
    );
  });
});

describe('packages', () => {
  const at = (expression: string) => answers(packageRule(expression), document, tables);

  test('one boolean per row belongs to the catalog of the left side', () => {
    const { plan } = compile(packageRule("df['ventas']['cliente'].isin(df['clientes']['id'])"), document);
    expect(plan?.testsRowsOf).toBe('ventas');
    expect(plan?.reads).toEqual([
      { catalog: 'ventas', columns: [0] },
      { catalog: 'clientes', columns: [0] },
    ]);
    expect(plan?.gathers.map(({ catalog, after }) => [catalog, after])).toEqual([['clientes', []]]);
    expect(at("df['ventas']['cliente'].isin(df['clientes']['id'])")).toEqual([true, false, false, true]);
    const filtered = "df['clientes'][df['clientes']['zona'] == 'S']['id']";
    expect(at(`df['ventas']['cliente'].isin(${filtered})`)).toEqual([false, false, false, false]);
  });

  test('an empty cell is among the others if one of them is empty, as pandas has it; with on_null it is unknown', () => {
    const rule = packageRule("df['ventas']['cliente'].isin(df['clientes']['id'])");
    const withEmpty = {
      ...tables,
      clientes: [
        ['C001', 'N', 1],
        [null, 'S', 2],
      ],
    };
    expect(answers(rule, document, withEmpty)).toEqual([true, false, true, true]);
    expect(answers({ ...rule, onNull: 'fail' }, document, withEmpty)).toEqual([true, false, false, true]);
    expect(answers({ ...rule, onNull: 'pass' }, document, tables)).toEqual([true, false, true, true]);
  });

  test('aggregates of several catalogs meet in one answer, each gathered on its own', () => {
    const rule = "len(df['ventas']) >= len(df['clientes']) and df['clientes']['n'].sum() == 1";
    expect(at(rule)).toBe(true);
    expect(compile(packageRule(rule), document).plan?.gathers.map(({ after }) => after)).toEqual([
      [],
      [],
      [],
    ]);
    expect(at('len(df) == 2')).toBe(true);
  });

  test('an aggregate of memberships waits for their keys', () => {
    const rule = "(~df['ventas']['cliente'].isin(df['clientes']['id'])).sum() == 2";
    expect(
      compile(packageRule(rule), document).plan?.gathers.map(({ catalog, after }) => [catalog, after]),
    ).toEqual([
      ['clientes', []],
      ['ventas', [0]],
    ]);
    expect(at(rule)).toBe(true);
  });

  test.each([
    "df['ventas']['cliente'] == df['clientes']['id']",
    "(df['ventas']['total'] > 0) & (df['clientes']['n'] > 0)",
    "df['ventas'][df['clientes']['n'] > 0]['total'] > 0",
    "df['ventas']['total'] + df['clientes']['n'] > 0",
  ])('%s compares rows of two catalogs', (expression) => {
    const { plan, problems } = compile(packageRule(expression), document);
    expect(plan).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'RULE_CROSS_CATALOG', severity: 'error' }]);
  });
});

describe('refusals', () => {
  test.each([
    ["df['total'] > 0 & df['cantidad'] > 0", 'RULE_HINT_PARENTHESES', '&'],
    ["df['tipo'].isnull() | df['total'] == 0", 'RULE_HINT_PARENTHESES', '|'],
    ["0 < df['total'] < 10", 'RULE_HINT_REPLACE', '<'],
    ["df['tipo'] in ['A']", 'RULE_HINT_REPLACE', 'in'],
    ["df['tipo'] is None", 'RULE_HINT_REPLACE', 'is'],
    ["df['total'].eq(1)", 'RULE_HINT_REPLACE', '.eq'],
    ["df['total'].groupby(df['tipo']).sum() > 0", 'RULE_HINT_REPLACE', '.groupby'],
    ["df['total'] = 1", 'RULE_HINT_REPLACE', '='],
    ["df['total'] > 0 &&  df['total'] < 9", 'RULE_HINT_REPLACE', '&&'],
    ["np.where(df['total'] > 0, 1, 0) == 1", 'RULE_HINT_NONE', '.where'],
    ["df['total'] > ", 'RULE_HINT_ENDS_EARLY', "df['total'] >"],
    ["df['tipo'] == 'A", 'RULE_HINT_OPEN_TEXT', "'A"],
    ["df['tipo'] == f'A'", 'RULE_HINT_PLAIN_TEXT', "f'"],
    ["df['total'] > 0 df['total']", 'RULE_HINT_NONE', 'df'],
    ['df', undefined, undefined],
    ["df['total'] + 1", undefined, undefined],
    ["df[['total', 'tipo']]", undefined, undefined],
    ["df['total'].all(axis=1)", 'RULE_HINT_NONE', 'all(axis=…)'],
    ["df[df['tipo'] == 'A']['total'] > df['total']", 'RULE_HINT_MASKS', 'df[…]'],
    ["df['cliente'].str.contains(df['tipo'])", 'RULE_HINT_PATTERN', 'contains'],
    ["df['total'].isin(df['cliente'])", 'RULE_TYPE', 'in'],
    ["df['tipo'] > 5", 'RULE_TYPE', '>'],
    ["df['fecha'] > '31/12/2024'", 'RULE_TYPE', '>'],
  ])('%s', (expression, hint, text) => {
    const found = problem(expression);
    if (hint === undefined) expect(found?.code).toBe('RULE_NOT_BOOLEAN');
    else if (hint === 'RULE_TYPE')
      expect(found).toMatchObject({ code: 'RULE_TYPE_MISMATCH', values: { sign: text } });
    else expect(found).toMatchObject({ code: 'RULE_UNSUPPORTED', severity: 'error', values: { hint, text } });
  });

  test('a place in a block of lines is found again in the document', () => {
    const at = { line: 20, column: 9 };
    const { problems } = compile(rule("(df['total'] > 0) &\n(df['total'].clip(1) > 0)", { at }), document);
    expect(problems[0]?.at).toEqual({ line: 21, column: 9 + "(df['total'].".length });
  });
});

test('lints: repeated checks, casts that the type implies, words between columns', () => {
  const codes = (expression: string, level: 'row' | 'catalog' = 'row') =>
    compile(rule(expression, { level }), document).problems.map(({ code, values }) => [
      code,
      values.check ?? values.cast ?? values.sign,
    ]);
  expect(codes("df['cliente'].notnull()")).toEqual([['RULE_REPEATS_CHECK', 'required']]);
  expect(codes("df['cliente'].notnull().all()", 'catalog')).toEqual([['RULE_REPEATS_CHECK', 'required']]);
  expect(codes("df['cantidad'].is_unique", 'catalog')).toEqual([['RULE_REPEATS_CHECK', 'unique']]);
  expect(codes("~df['cantidad'].duplicated()")).toEqual([['RULE_REPEATS_CHECK', 'unique']]);
  expect(codes("df['tipo'].notnull()")).toEqual([]);
  expect(codes("df['cantidad'].astype(int) > 0")).toEqual([['RULE_CAST_IMPLIED', 'int']]);
  expect(codes("df['total'].astype(float) > 0")).toEqual([['RULE_CAST_IMPLIED', 'float']]);
  expect(codes("df['total'].astype(int) > 0")).toEqual([]);
  expect(codes("df['total'] > 0 and df['cantidad'] > 0")).toEqual([['RULE_AMBIGUOUS_AND', 'and']]);
  expect(codes("not df['total'] > 0")).toEqual([['RULE_AMBIGUOUS_AND', 'not']]);
});
