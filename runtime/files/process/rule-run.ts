import { FilesError } from '../errors.ts';
import type { RuleOutcome } from '../report/model.ts';
import { RuleBudget } from '../rules/budget.ts';
import type { Gathering, RowContext, RuleFault, RulePlan } from '../rules/plan.ts';
import type { Catalog, Rule, Spec, Value } from '../spec/types.ts';
import type { Check, Faults } from './faults.ts';
import type { KeySpace } from './key-set.ts';
import type { FailureSample } from './sink.ts';

/** Rows of a batch as the rules see them. */
export interface RuleRows {
  readonly typed: readonly (readonly Value[])[];
  readonly lines: ArrayLike<number>;
  readonly count: number;
  /** Number of the first row among the catalog's rows, from 1. */
  readonly firstNumber: number;
}

/** A row that failed a rule of a catalog or package: its place in the rule's own batch. */
export type SampleTaker = (row: number) => void;

/** Small differences of a quotient are none. */
const EPSILON = 1e-12;

/** One rule in one run: its gathers, its tests, and what came of them. */
export class RuleRun {
  readonly check: Check;
  fault: RuleFault | undefined;
  /** Why it did not run. */
  skipped: 'dependency' | 'inactive' | undefined;
  /** Of a rule that fails once: the first rows that failed it. */
  readonly samples: FailureSample[] = [];
  evaluated = 0;
  failed = 0;
  /** Its rows were tested, or its verdict was asked. */
  isDone = false;
  /** It tolerates failing rows: a first pass only counts them; above its tolerance another pass reports them. */
  isTrial: boolean;
  readonly gathered: unknown[] = [];
  readonly #finished: boolean[];
  readonly #active = new Map<number, Gathering>();
  readonly #budget: RuleBudget;
  readonly #context: RowContext = { rowNumber: 0, line: 0 };

  constructor(
    readonly plan: RulePlan,
    private readonly space: KeySpace,
    now: () => number,
    catalog: Catalog | undefined,
  ) {
    const { rule } = plan;
    this.check = ruleCheck(rule, plan, catalog);
    this.isTrial = rule.mostly < 1 && this.isPerRow;
    this.#finished = plan.gathers.map(() => false);
    this.#budget = new RuleBudget(rule, now);
    this.fault = plan.fault;
  }

  get rule(): Rule {
    return this.plan.rule;
  }

  /** Every failing row is a failure of its own and is rejected; else the rule fails once. */
  get isPerRow(): boolean {
    const { level } = this.rule;
    return this.plan.testsRowsOf !== undefined && (level === 'field' || level === 'row');
  }

  /** Nothing is left to do for it. */
  get isOver(): boolean {
    return this.isDone || this.fault !== undefined || this.skipped !== undefined;
  }

  /** Every gather is finished. */
  get isReady(): boolean {
    return !this.isOver && this.#finished.every((isFinished) => isFinished);
  }

  testsRowsOf(catalog: string): boolean {
    return this.plan.testsRowsOf === catalog;
  }

  /** Gathers of a catalog that can be computed in its next pass. */
  hasReadyGathers(catalog: string): boolean {
    return !this.isOver && this.#readyGathers(catalog).length > 0;
  }

  #readyGathers(catalog: string): number[] {
    return this.plan.gathers.flatMap((gather, place) => {
      const isReady = gather.catalog === catalog && !this.#finished[place];
      return isReady && gather.after.every((before) => this.#finished[before]) ? [place] : [];
    });
  }

  startGathers(catalog: string): void {
    this.#active.clear();
    this.#guarded(() => {
      for (const place of this.#readyGathers(catalog)) {
        const gather = this.plan.gathers[place];
        if (gather) this.#active.set(place, gather.start(this.space, this.gathered));
      }
    });
  }

  gather({ typed, lines, count, firstNumber }: RuleRows): void {
    if (this.fault) return;
    const context = this.#context;
    this.#guarded(() => {
      for (const gathering of this.#active.values())
        for (let row = 0; row < count; row++) {
          context.rowNumber = firstNumber + row;
          context.line = lines[row] as number;
          gathering.add(typed[row] as readonly Value[], context);
        }
    });
  }

  finishGathers(): void {
    this.#guarded(() => {
      for (const [place, gathering] of this.#active) {
        this.gathered[place] = gathering.finish();
        this.#finished[place] = true;
      }
    });
    this.#active.clear();
  }

  /** Tests rows; `only` limits them to those. Failures go to `faults`, or to `sample` where the rule fails once. */
  test(rows: RuleRows, faults: Faults, sample: SampleTaker): void {
    if (this.fault) return;
    const { typed, lines, count, firstNumber } = rows;
    const { plan, gathered, check, isPerRow, isTrial } = this;
    const context = this.#context;
    this.#guarded(() => {
      for (let row = 0; row < count; row++) {
        context.rowNumber = firstNumber + row;
        context.line = lines[row] as number;
        const passes = plan.test(typed[row] as readonly Value[], context, gathered);
        if (passes === null) continue;
        this.evaluated++;
        if (passes) continue;
        this.failed++;
        if (!isPerRow) sample(row);
        else if (!isTrial) faults.add(row, check);
      }
    });
  }

  /** Whether a row that was tested in an earlier pass failed. */
  fails(row: readonly Value[], rowNumber: number, line: number): boolean {
    if (this.fault) return false;
    this.#context.rowNumber = rowNumber;
    this.#context.line = line;
    return this.plan.test(row, this.#context, this.gathered) === false;
  }

  /** After a pass that tested its rows; above its tolerance it is not done: another pass reports them. */
  endTests(): void {
    if (this.isTrial && !this.isTolerated()) {
      this.isTrial = false;
      this.evaluated = 0;
      this.failed = 0;
      return;
    }
    this.isDone = true;
  }

  isTolerated(): boolean {
    if (this.failed === 0) return true;
    return (this.evaluated - this.failed) / this.evaluated >= this.rule.mostly - EPSILON;
  }

  /** Whether a rule without rows holds; undefined: it has a fault. */
  verdict(): boolean | undefined {
    let holds: boolean | undefined;
    this.#guarded(() => {
      holds = this.plan.verdict(this.gathered);
    });
    this.isDone = true;
    if (holds === undefined) return undefined;
    this.evaluated = 1;
    this.failed = holds ? 0 : 1;
    return holds;
  }

  /** Runs rule code within its time; what it throws on purpose is the rule's fault, not the run's. */
  #guarded(work: () => void): void {
    try {
      this.#budget.spend(work);
    } catch (error) {
      if (!(error instanceof FilesError) || error.errorClass !== 'permanent') throw error;
      this.fault = { code: error.code, values: error.values };
    }
  }

  outcome(): RuleOutcome {
    const { id, level, name, severity } = this.rule;
    const { evaluated, failed, skipped, fault } = this;
    return {
      id,
      level,
      name,
      severity,
      evaluated,
      failed,
      skipped: skipped ?? null,
      error: fault?.code ?? null,
    };
  }
}

/** What a failing row, or the rule as a whole, is reported as. */
function ruleCheck(rule: Rule, plan: RulePlan, catalog: Catalog | undefined): Check {
  const isOnce = plan.testsRowsOf !== undefined && (rule.level === 'catalog' || rule.level === 'package');
  const own = catalog?.fields.findIndex(({ name }) => name === rule.field) ?? -1;
  const read = plan.reads.find(({ catalog: id }) => id === catalog?.id)?.columns ?? [];
  return {
    code: isOnce ? 'RULE_ROWS_FAILED' : 'RULE_FAILED',
    severity: rule.severity,
    fields: own >= 0 ? [own, ...read.filter((column) => column !== own)] : read,
    values: { rule: rule.name, description: rule.description || rule.name },
    rule,
  };
}

/** The catalog whose values a rule shows: the one whose rows it tests, else its own. */
export const homeOf = ({ rule, testsRowsOf }: RulePlan, spec: Spec): Catalog | undefined =>
  spec.catalogs.get(testsRowsOf ?? rule.catalog ?? '');
