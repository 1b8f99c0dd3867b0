import type { Locale } from '../messages.ts';
import { say } from '../messages.ts';
import type { Rule, Spec } from '../spec/types.ts';
import { compileRule } from './compile-rule.ts';
import { phrase } from './explain-tree.ts';
import { EXPLAIN_WORDS } from './explain-words.ts';
import type { RulePlan } from './plan.ts';
import { readRule } from './read-rule.ts';

/**
 * A rule in plain words, several lines: what it checks, of which rows, what it reads, what empty cells do and what a
 * failure means; or what is wrong with it.
 */
export function explainRule(rule: Rule, spec: Spec, locale: Locale): string {
  const { plan, problems } = compileRule(rule, spec, { today: 0 });
  const remarks = problems.map(
    ({ code, values, at }) => `${at.line}:${at.column} ${code}: ${say(locale, code, values)}`,
  );
  const head = `${rule.name} (${rule.id})`;
  if (plan === undefined || plan.fault !== undefined) return [head, ...remarks].join('\n');
  const { language, tree, mask } = readRule(rule, spec, 0);
  const words = EXPLAIN_WORDS[locale];
  const filter = mask === undefined ? '' : words.among(phrase(mask, spec, locale));
  return [
    head,
    `${scope(plan, locale)}${filter}: ${phrase(tree, spec, locale)}.`,
    `${words.language}: ${language}. ${reads(plan, spec, locale)}`,
    empty(rule, language, locale),
    consequence(rule, plan, locale),
    ...remarks,
  ].join('\n');
}

function scope({ testsRowsOf, rule }: RulePlan, locale: Locale): string {
  const words = EXPLAIN_WORDS[locale];
  if (testsRowsOf === undefined) return words.once;
  return rule.field === undefined ? words.eachRow(testsRowsOf) : words.eachFilled(testsRowsOf, rule.field);
}

function reads({ reads: all }: RulePlan, { catalogs }: Spec, locale: Locale): string {
  const names = all.map(({ catalog, columns }) => {
    const fields = catalogs.get(catalog)?.fields ?? [];
    const read = columns.map((index) => fields[index]?.name ?? '').join(', ');
    return read === '' ? catalog : `${catalog} (${read})`;
  });
  return names.length === 0 ? '' : `${EXPLAIN_WORDS[locale].reads}: ${names.join('; ')}.`;
}

function empty({ onNull }: Rule, language: 'pandas' | 'sage', locale: Locale): string {
  const words = EXPLAIN_WORDS[locale];
  if (onNull !== undefined) return onNull === 'pass' ? words.emptyPasses : words.emptyFails;
  return language === 'sage' ? words.emptyPasses : words.emptyIsFalse;
}

function consequence(rule: Rule, { testsRowsOf }: RulePlan, locale: Locale): string {
  const words = EXPLAIN_WORDS[locale];
  const isPerRow = testsRowsOf !== undefined && (rule.level === 'row' || rule.level === 'field');
  const failure = isPerRow ? words.failsEach(rule.severity) : words.failsOnce(rule.severity);
  const share = rule.mostly < 1 && testsRowsOf !== undefined ? ` ${words.mostly(rule.mostly * 100)}` : '';
  return `${failure}${share} ${words.message}: ${rule.description}`;
}
