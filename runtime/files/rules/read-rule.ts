import type { Rule, Spec } from '../spec/types.ts';
import { lintTree } from './lints.ts';
import { Pandas } from './pandas.ts';
import { PANDAS_GRAMMAR } from './pandas-grammar.ts';
import { parse } from './parser.ts';
import { RuleRefusal } from './refusal.ts';
import { Sage } from './sage.ts';
import { SAGE_GRAMMAR } from './sage-grammar.ts';
import { type Lint, Scope } from './scope.ts';
import { mentions } from './token.ts';
import type { Tree } from './tree.ts';

/** A rule understood: its typed tree and what it is about. */
export interface ReadRule {
  readonly language: 'pandas' | 'sage';
  readonly tree: Tree;
  /** Which rows of the tree's catalog are tested; undefined: all. */
  readonly mask: Tree | undefined;
  readonly lints: readonly Lint[];
}

/** Reads and checks an expression; throws a RuleRefusal. */
export function readRule(rule: Rule, spec: Spec, today: number): ReadRule {
  const language = languageOf(rule, spec);
  const scope = new Scope(rule, spec, language, today);
  const { tree, mask } = language === 'pandas' ? readPandas(rule, scope) : readSage(rule, scope);
  if (tree.kind !== 'bool') throw new RuleRefusal('RULE_NOT_BOOLEAN', 0, {});
  lintTree(tree, scope);
  return { language, tree, mask, lints: scope.lints };
}

/** `auto`, in the rule or in the document: what speaks of `df` is pandas. */
export function languageOf({ language, expression }: Rule, spec: Spec): 'pandas' | 'sage' {
  const asked = language === 'auto' ? spec.ruleLanguage : language;
  if (asked !== 'auto') return asked;
  return mentions(expression, 'df') ? 'pandas' : 'sage';
}

function readPandas(rule: Rule, scope: Scope): { tree: Tree; mask: Tree | undefined } {
  const value = new Pandas(scope).value(parse(rule.expression, PANDAS_GRAMMAR));
  if (value.type === 'column') return value;
  throw new RuleRefusal('RULE_NOT_BOOLEAN', 0, {});
}

function readSage(rule: Rule, scope: Scope): { tree: Tree; mask: undefined } {
  return { tree: new Sage(scope).tree(parse(rule.expression, SAGE_GRAMMAR)), mask: undefined };
}
