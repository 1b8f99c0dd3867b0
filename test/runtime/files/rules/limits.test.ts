import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilesError } from '../../../../runtime/files/errors.ts';
import { RULES_MESSAGES } from '../../../../runtime/files/messages/rules.ts';
import { isFilesCode, say } from '../../../../runtime/files/messages.ts';
import { RuleBudget } from '../../../../runtime/files/rules/budget.ts';
import { checkRules } from '../../../../runtime/files/rules/check.ts';
import { RULE_LIMITS } from '../../../../runtime/files/rules/limits.ts';
import { catalog, compile, field, packageRule, rule, spec } from './world.ts';

const ventas = catalog('ventas', [field('a', 'entero'), field('s', 'texto')]);
const document = spec([ventas, catalog('clientes', [field('id', 'texto')])]);
const limitOf = (expression: string) => compile(rule(expression), document).problems[0];

describe('limits of contract files §5.2', () => {
  const nested = (levels: number) => `${'('.repeat(levels)}a${')'.repeat(levels)} > 0`;
  const long = (length: number) => `s != '${'x'.repeat(length - "s != ''".length)}'`;
  const terms = (count: number) => Array.from({ length: count }, () => 'a').join('+');
  const pattern = (length: number) => `matches(s, '${'x'.repeat(length)}')`;

  test.each([
    ['characters', long(4_096), long(4_097), 'RULE_LIMIT_LENGTH', 4_096],
    ['nesting', nested(62), nested(64), 'RULE_LIMIT_DEPTH', 64],
    ['nodes', `${terms(255)} > 0`, `${terms(256)} > 0`, 'RULE_LIMIT_NODES', 512],
    ['a pattern', pattern(1_024), pattern(1_025), 'RULE_LIMIT_PATTERN', 1_024],
  ])('%s', (_name, within, beyond, limit, most) => {
    expect(limitOf(within)).toBeUndefined();
    expect(limitOf(beyond)).toMatchObject({ code: 'RULE_LIMIT', severity: 'error', values: { limit, most } });
  });

  test('items of a list are not counted as nodes', () => {
    const list = Array.from({ length: 1_000 }, (_, index) => index % 10).join(',');
    expect(limitOf(`a in (${list})`)).toBeUndefined();
    expect(limitOf(`df['a'].isin([${list}])`)).toBeUndefined();
  });

  test('2,000 rules of a document, and not one more', () => {
    const rules = (count: number) => Array.from({ length: count }, () => packageRule('1 < 2'));
    expect(checkRules(spec([ventas], rules(2_000)))).toEqual([]);
    expect(checkRules(spec([ventas], rules(2_001)))).toMatchObject([
      { code: 'RULES_TOO_MANY', severity: 'error', values: { count: 2_001, most: 2_000 } },
    ]);
  });

  test('a rule that is switched off is not looked at', () => {
    expect(checkRules(spec([ventas], [packageRule('import os', { isActive: false })]))).toEqual([]);
    expect(checkRules(spec([ventas], [packageRule('import os')]))).toHaveLength(1);
  });

  test('a rule that takes longer than its budget ends with RULE_BUDGET', () => {
    let now = 0;
    const budget = new RuleBudget(rule('a > 0'), () => now);
    const batch = (ms: number) => budget.spend(() => (now += ms));
    expect(batch(RULE_LIMITS.budgetMs)).toBe(60_000);
    now += 5_000;
    let thrown: unknown;
    try {
      batch(1);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FilesError);
    expect(thrown).toMatchObject({ code: 'RULE_BUDGET', values: { rule: 'regla', seconds: 60 } });
  });
});

/** Whatever is written as a rule: a plan, or problems with a place in it; never a crash, never a long time. */
function isCalm(expression: string, language: 'auto' | 'pandas' | 'sage', level: 'row' | 'package'): void {
  const made = level === 'row' ? rule(expression, { language }) : packageRule(expression, { language });
  const start = performance.now();
  const { plan, problems } = compile(made, document);
  expect(performance.now() - start).toBeLessThan(10_000);
  if (plan === undefined) expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
  const lines = expression.split('\n').length;
  for (const { code, at, values } of problems) {
    expect(at.line).toBeGreaterThan(0);
    expect(at.line).toBeLessThanOrEqual(lines);
    expect(at.column).toBeGreaterThan(0);
    expect(at.column).toBeLessThanOrEqual(expression.length + 1);
    for (const locale of ['es', 'en'] as const)
      expect(say(locale, code, values)).not.toMatch(/\{(?!.*\}.*«)\w+\}$/);
  }
}

const TOKENS = [
  ...[
    'df',
    "df['a']",
    "df['s']",
    'a',
    's',
    'by',
    'clientes',
    '.',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    ':',
    '?',
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '//',
    '%',
    '**',
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '=',
    '<>',
    '&',
    '|',
    '^',
    '~',
    '!',
    '&&',
  ],
  ...[
    'and',
    'or',
    'not',
    'in',
    'is',
    'null',
    'None',
    'True',
    'true',
    'if',
    'else',
    'between',
    'lambda',
    'import',
  ],
  ...[
    'sum',
    'count',
    'len',
    'round',
    'exists_in',
    'matches',
    'isin',
    'sum()',
    '.str',
    '.isin',
    '.duplicated()',
    'id',
  ],
  ...[
    '1',
    '2.5',
    '1e400',
    '9007199254740993',
    "'x'",
    '"(',
    "r'\\d'",
    "'\\",
    '_x',
    'ñ',
    '\u{10000}',
    '\n',
    '\t',
    '#',
    '`',
  ],
];

describe('whatever is written', { timeout: 120_000 }, () => {
  const languages = fc.constantFrom('auto' as const, 'pandas' as const, 'sage' as const);
  const levels = fc.constantFrom('row' as const, 'package' as const);

  test('3,000 heaps of tokens', () => {
    const heap = fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }).map((tokens) => tokens.join(' '));
    fc.assert(fc.property(heap, languages, levels, isCalm), { seed: 11, numRuns: 3_000 });
  });

  test('2,000 texts of any characters', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(fc.property(text, languages, levels, isCalm), { seed: 12, numRuns: 2_000 });
  });

  test('1,000 good rules with a piece taken out, doubled or changed', () => {
    const good = [
      "(df['a'] > 0) & df['s'].str.match('x+') | ~df['a'].isin([1, 2])",
      "df[df['a'] > 0]['s'].duplicated(keep=False).sum() == 0 if len(df) > 3 else True",
      "a between 1 and 5 and coalesce(s, 'x') not in ('a', 'b') ? true : sum(a by s) > 3",
      "exists_in((s, s), (clientes.id, clientes.id)) or matches(lower(s), '[a-z]+')",
    ];
    const broken = fc
      .tuple(
        fc.constantFrom(...good),
        fc.nat(),
        fc.nat(12),
        fc.constantFrom('', '(', ')', "'", '.', ',', 'df', ' and '),
      )
      .map(([text, place, length, by]) => {
        const at = place % text.length;
        return text.slice(0, at) + by + text.slice(at + length);
      });
    fc.assert(fc.property(broken, languages, levels, isCalm), { seed: 13, numRuns: 1_000 });
  });

  test.each([
    '('.repeat(4_000),
    '['.repeat(4_000),
    '-'.repeat(4_000),
    'not '.repeat(1_000),
    '~'.repeat(4_000),
    `${'a?'.repeat(1_300)}a`,
    `${'2**'.repeat(1_300)}2`,
    `a in (${'1,'.repeat(2_000)}1)`,
    `${'a and '.repeat(600)}a`,
    `df${'[0]'.repeat(1_300)}`,
    `df${'.a'.repeat(2_000)}`,
    `${'(a,'.repeat(1_300)}`,
    `${'len('.repeat(1_000)}`,
    `s == '${'\\'.repeat(4_000)}'`,
    `${'9'.repeat(4_000)} > a`,
    `a > 1e${'9'.repeat(4_000)}`,
    'x'.repeat(1_000_000),
    '',
    ' ',
    '\u0000',
  ])('a long or odd one (%#)', (expression) => {
    for (const language of ['auto', 'pandas', 'sage'] as const) isCalm(expression, language, 'row');
  });
});

test('every text of the rules fills in both languages', () => {
  for (const [code, { es, en }] of Object.entries(RULES_MESSAGES)) {
    expect(isFilesCode(code)).toBe(true);
    const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    expect([code, places(es)]).toEqual([code, places(en)]);
  }
});
