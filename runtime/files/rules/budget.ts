import { FilesError } from '../errors.ts';
import type { Rule } from '../spec/types.ts';
import { RULE_LIMITS } from './limits.ts';

/**
 * The time that one rule takes over all its rows. Give it the work of a batch at a time: the clock is read twice
 * for each.
 */
export class RuleBudget {
  private spentMs = 0;

  constructor(
    private readonly rule: Rule,
    private readonly now: () => number,
    private readonly budgetMs: number = RULE_LIMITS.budgetMs,
  ) {}

  /** Throws RULE_BUDGET once the rule has taken more than its time. */
  spend<Result>(work: () => Result): Result {
    const start = this.now();
    const result = work();
    this.spentMs += this.now() - start;
    if (this.spentMs > this.budgetMs) {
      const seconds = Math.round(this.budgetMs / 1_000);
      throw new FilesError('RULE_BUDGET', 'permanent', { rule: this.rule.id, seconds });
    }
    return result;
  }
}
