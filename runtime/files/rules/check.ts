import { type Problem, rulesOf, type Spec } from '../spec/types.ts';
import { compileRule } from './compile-rule.ts';
import { RULE_LIMITS } from './limits.ts';

/**
 * Everything that is to be said of a document's rules: errors refuse it, warnings are lints and rules that will end
 * in an error of their own. Rules that are switched off are not looked at.
 */
export function checkRules(spec: Spec): readonly Problem[] {
  const rules = rulesOf(spec);
  const most = RULE_LIMITS.rulesPerDocument;
  if (rules.length > most) {
    const at = rules[most]?.at ?? { line: 1, column: 1 };
    return [
      { code: 'RULES_TOO_MANY', severity: 'error', path: '', at, values: { count: rules.length, most } },
    ];
  }
  return rules
    .filter(({ isActive }) => isActive)
    .flatMap((rule) => compileRule(rule, spec, { today: 0 }).problems);
}
