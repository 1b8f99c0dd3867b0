import { RE2JS } from 're2js';
import { RULE_LIMITS } from './limits.ts';
import { overLimit, RuleRefusal, unsupported } from './refusal.ts';
import type { PatternMode, Tree } from './tree.ts';

/** Answers whether a text matches, in time linear in its length. */
export type TextMatcher = (text: string) => boolean;

/** The pattern a rule writes out; throws where it is none, too long, or not RE2's. */
export function patternOf(tree: Tree | undefined, name: string, at: number): string {
  if (tree?.op !== 'constant' || typeof tree.value !== 'string') {
    throw unsupported(name, at, 'RULE_HINT_PATTERN');
  }
  const { value } = tree;
  if (value.length > RULE_LIMITS.patternLength) {
    throw overLimit('RULE_LIMIT_PATTERN', RULE_LIMITS.patternLength, tree.at);
  }
  if (textMatcher(value, 'search') === undefined) {
    throw new RuleRefusal('REGEX_UNSUPPORTED', tree.at, { pattern: value.slice(0, 60) });
  }
  return value;
}

/**
 * A matcher with RE2's meaning (contract files §5.2); never a native RegExp, which a pattern can keep busy for ever.
 * Undefined: the pattern is not RE2's (look-around, back-references) or is no pattern.
 */
export function textMatcher(
  pattern: string,
  mode: PatternMode,
  ignoresCase = false,
): TextMatcher | undefined {
  const compiled = compile(mode === 'start' ? `\\A(?:${pattern})` : pattern, ignoresCase);
  // The pattern alone must stand, too: `a)(b` would close the group around it.
  if (compiled === undefined || compile(pattern, false) === undefined) return undefined;
  return mode === 'full' ? (text) => compiled.testExact(text) : (text) => compiled.test(text);
}

function compile(pattern: string, ignoresCase: boolean): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    return undefined;
  }
}
