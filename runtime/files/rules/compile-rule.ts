import { FilesError } from '../errors.ts';
import type { FilesCode } from '../messages.ts';
import type { MessageValues, Problem, Rule, Spec } from '../spec/types.ts';
import { compileTree } from './compile/compile.ts';
import { Compiler, type FieldFilter, NO_CONTEXT, NO_ROW } from './compile/compiler.ts';
import type { CompiledRule, RuleFault, RulePlan, RuleSettings } from './plan.ts';
import { pathOf, positionOf } from './position.ts';
import { type ReadRule, RULE_FATAL, readRule } from './read-rule.ts';
import { readsOf } from './reads.ts';
import { RuleRefusal } from './refusal.ts';

/** Compiles one rule. Problems of severity error refuse the document; then there is no plan. */
export function compileRule(rule: Rule, spec: Spec, { today }: RuleSettings): CompiledRule {
  try {
    const read = readRule(rule, spec, today);
    const problems = read.lints.map(({ code, offset, values }) =>
      problemOf(rule, spec, 'warning', code, offset, values),
    );
    return { plan: planOf(rule, spec, read), problems };
  } catch (error) {
    if (!(error instanceof RuleRefusal)) throw error;
    const isRuleFatal = RULE_FATAL.has(error.code);
    const severity = isRuleFatal ? 'warning' : 'error';
    const problem = problemOf(rule, spec, severity, error.code, error.offset, error.values);
    const plan = isRuleFatal ? faultyPlan(rule, { code: problem.code, values: problem.values }) : undefined;
    return { plan, problems: [problem] };
  }
}

function problemOf(
  rule: Rule,
  spec: Spec,
  severity: Problem['severity'],
  code: FilesCode,
  offset: number,
  values: MessageValues,
): Problem {
  const at = positionOf(rule, offset);
  return { code, severity, path: pathOf(rule, spec), at, values: { rule: rule.id, ...values } };
}

function planOf(rule: Rule, spec: Spec, read: ReadRule): RulePlan {
  const { language, tree, mask } = read;
  const followsPandas = language === 'pandas' && rule.onNull === undefined;
  const field = fieldFilterOf(rule, spec);
  const compiler = new Compiler(rule, followsPandas ? 'false' : 'unknown', language, field, compileTree);
  const root = compiler.boolean(tree);
  const filter = mask === undefined ? undefined : compiler.boolean(mask);
  const passesUnknown = rule.onNull === undefined ? language === 'sage' : rule.onNull === 'pass';
  const passes = (answer: boolean | null): boolean => answer ?? passesUnknown;
  const filledAt = field !== undefined && field.catalog === tree.home ? field.index : undefined;
  return {
    rule,
    testsRowsOf: tree.home,
    reads: readsOf([tree, ...(mask === undefined ? [] : [mask])], field),
    gathers: compiler.gathers,
    fault: undefined,
    test(row, context, gathered) {
      if (filledAt !== undefined && (row[filledAt] ?? null) === null) return null;
      if (filter !== undefined && filter(row, context, gathered) !== true) return null;
      return passes(root(row, context, gathered));
    },
    verdict: (gathered) => passes(root(NO_ROW, NO_CONTEXT, gathered)),
  };
}

/** A field rule sees only the rows where its field is filled. */
function fieldFilterOf(rule: Rule, spec: Spec): FieldFilter | undefined {
  const catalog =
    rule.level === 'field' && rule.catalog !== undefined ? spec.catalogs.get(rule.catalog) : undefined;
  const index = catalog?.fields.findIndex(({ name }) => name === rule.field) ?? -1;
  return catalog === undefined || index < 0 ? undefined : { catalog: catalog.id, index };
}

function faultyPlan(rule: Rule, fault: RuleFault): RulePlan {
  const refuse = (): never => {
    throw new FilesError(fault.code, 'permanent', fault.values);
  };
  return { rule, testsRowsOf: undefined, reads: [], gathers: [], fault, test: refuse, verdict: refuse };
}
