/** Limits of a rule (contract files §5.2). */
export const RULE_LIMITS = {
  /** Characters of an expression. */
  expressionLength: 4_096,
  /** Nesting of an expression. */
  depth: 64,
  /** Operators, calls, names and values of an expression; the items of a list are not counted. */
  nodes: 512,
  listItems: 10_000,
  /** Characters of a pattern. */
  patternLength: 1_024,
  /** UTF-16 units of a text that a function gives. */
  textLength: 65_536,
  /** Rules of one document. */
  rulesPerDocument: 2_000,
  /** Time that one rule may take over all rows of an execution. */
  budgetMs: 60_000,
} as const;
