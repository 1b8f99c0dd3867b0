import { checkRules } from '../rules/check.ts';
import { placedRules } from './placed-rules.ts';
import type { DocumentShape } from './shape.ts';
import { pathText } from './tree.ts';
import type { Position, Problem, Spec } from './types.ts';

/** Problems that stand however the rest of the document is mended. */
const ALWAYS: ReadonlySet<string> = new Set([
  'RULE_UNSUPPORTED',
  'REGEX_UNSUPPORTED',
  'RULE_LIMIT',
  'RULES_TOO_MANY',
]);

/**
 * What is to be said of the rules. Where the document has errors, columns and types are not what they will be, so
 * only what the expression alone shows is told.
 */
export function ruleProblems(
  text: string,
  document: DocumentShape,
  spec: Spec,
  hasErrors: boolean,
): readonly Problem[] {
  const expressions = new Map(
    placedRules(document).map(([{ rule }, path]) => [pathText([...path, 'rule']), rule] as const),
  );
  const lines = text.split('\n');
  return checkRules(spec)
    .filter(({ code, path }) => (!hasErrors || ALWAYS.has(code)) && expressions.get(path)?.text !== '')
    .map((problem) => {
      const expression = expressions.get(problem.path);
      return expression ? { ...problem, at: placeIn(lines, expression, problem.at) } : problem;
    });
}

/**
 * A folded or quoted expression is one line, which in the document it need not be: the place is found again by the
 * characters before it, blanks and escapes aside.
 */
function placeIn(
  lines: readonly string[],
  { text, at }: { readonly text: string; readonly at: Position },
  place: Position,
): Position {
  if (place.line !== at.line || text.includes('\n')) return place;
  let left = text.slice(0, place.column - at.column).replaceAll(/\s/g, '').length;
  const quote = lines[at.line - 1]?.charAt(at.column - 2);
  for (let line = at.line; line <= lines.length; line += 1) {
    const raw = lines[line - 1] ?? '';
    for (let index = line === at.line ? at.column - 1 : 0; index < raw.length; index += 1) {
      if (/\s/.test(raw.charAt(index))) continue;
      if (left === 0) return { line, column: index + 1 };
      const isEscape =
        (quote === "'" && raw.startsWith("''", index)) || (quote === '"' && raw.charAt(index) === '\\');
      if (isEscape) index += 1;
      left -= 1;
    }
  }
  return place;
}
