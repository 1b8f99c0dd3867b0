import type { FilesCode } from '../messages.ts';
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

/**
 * Codes that end one rule and leave the others alone; every other refusal is the document's (contract files §5.2).
 */
export const RULE_FATAL: ReadonlySet<FilesCode> = new Set([
  'RULE_UNKNOWN_COLUMN',
  'RULE_NOT_BOOLEAN',
  'RULE_TYPE_MISMATCH',
] satisfies FilesCode[]);

/** Reads and checks an expression; throws a RuleRefusal. */
export function readRule(rule: Rule, spec: Spec, today: number): ReadRule {
  const language = languageOf(rule, spec);
  const scope = new Scope(rule, spec, language, today);
  const { tree, mask } = readWith(scope);
  lintTree(tree, scope);
  return { language, tree, mask, lints: scope.lints };
}

/** What refuses the document goes before an unknown column, and that before what follows from it. */
function readWith(scope: Scope): Pick<ReadRule, 'tree' | 'mask'> {
  try {
    const read = scope.language === 'pandas' ? readPandas(scope) : readSage(scope);
    if (scope.unknown !== undefined) throw scope.unknown;
    if (read.tree.kind !== 'bool') throw new RuleRefusal('RULE_NOT_BOOLEAN', 0, {});
    return read;
  } catch (error) {
    const isRuleFatal = error instanceof RuleRefusal && RULE_FATAL.has(error.code);
    throw isRuleFatal ? (scope.unknown ?? error) : error;
  }
}

/** `auto`, in the rule or in the document: what speaks of `df` is pandas. */
function languageOf({ language, expression }: Rule, spec: Spec): 'pandas' | 'sage' {
  const asked = language === 'auto' ? spec.ruleLanguage : language;
  if (asked !== 'auto') return asked;
  return mentions(expression, 'df') ? 'pandas' : 'sage';
}

function readPandas(scope: Scope): Pick<ReadRule, 'tree' | 'mask'> {
  const value = new Pandas(scope).value(parse(scope.rule.expression, PANDAS_GRAMMAR));
  if (value.type === 'column') return value;
  throw new RuleRefusal('RULE_NOT_BOOLEAN', 0, {});
}

const readSage = (scope: Scope): Pick<ReadRule, 'tree' | 'mask'> => ({
  tree: new Sage(scope).tree(parse(scope.rule.expression, SAGE_GRAMMAR)),
  mask: undefined,
});
