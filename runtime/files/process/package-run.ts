import { FilesError } from '../errors.ts';
import { isFilesCode, say } from '../messages.ts';
import type { Source } from '../read/types.ts';
import type { FormatFault, SkippedLevel, SkippedRule } from '../report/model.ts';
import { compileRule } from '../rules/compile-rule.ts';
import type { RuleSettings } from '../rules/plan.ts';
import type { SelectionNote } from '../spec/match-files.ts';
import { type Catalog, type Package, type Rule, rulesOf, type Spec } from '../spec/types.ts';
import { CatalogRun, type RunContext } from './catalog-run.ts';
import { FailureLog, plainCheck } from './failures.ts';
import { formatFault } from './problems.ts';
import type { FileResult, MissingFile } from './result.ts';
import { homeOf, RuleRun } from './rule-run.ts';
import { readingOrder } from './schedule.ts';

/** A delivery that is to be processed: which file is which catalog's. */
export interface Delivery {
  readonly spec: Spec;
  /** Undefined: a catalog alone. */
  readonly package: Package | undefined;
  readonly members: readonly Member[];
  /** What choosing the files had to say. */
  readonly notes: readonly SelectionNote[];
  /** The archive was refused as a whole: none of its members is read. */
  readonly refusal?: Refusal;
}

export interface Refusal {
  readonly file: string;
  readonly error: FilesError;
}

/** `source` undefined: the file is missing. */
export interface Member {
  readonly catalog: Catalog;
  readonly source: Source | undefined;
}

export interface RuleClock extends RuleSettings {
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsedMs: () => number;
}

/** All catalogs of a delivery and the rules among them (contract files §4.2, §5.1, §6.3). */
export class PackageRun {
  readonly runs: readonly CatalogRun[];
  readonly rules: readonly RuleRun[];
  readonly missing: readonly Catalog[];
  /** Failures that belong to no file. */
  readonly log: FailureLog;
  readonly #missingLogs: readonly FailureLog[];

  constructor(
    private readonly delivery: Delivery,
    private readonly context: RunContext,
    clock: RuleClock,
  ) {
    const { spec, members } = delivery;
    this.log = new FailureLog(context.failures, delivery.refusal?.file ?? '', null);
    this.runs = members.flatMap(({ catalog, source }) =>
      source ? [new CatalogRun(catalog, source, context)] : [],
    );
    this.missing = members.flatMap(({ catalog, source }) =>
      source || catalog.isOptional || delivery.refusal ? [] : [catalog],
    );
    this.#missingLogs = this.missing.map(
      ({ filename, id }) => new FailureLog(context.failures, filename, id),
    );
    this.rules = rulesFor(delivery).map((rule) => {
      const { plan, problems } = compileRule(rule, spec, clock);
      // Loading the document has refused what cannot be compiled.
      if (!plan) throw new FilesError('SPEC_INVALID', 'permanent', { count: problems.length });
      return new RuleRun(plan, context.space, clock.elapsedMs, homeOf(plan, spec));
    });
  }

  async run(): Promise<void> {
    this.#reportFiles();
    for (const rule of this.rules) if (!rule.rule.isActive) rule.skipped = 'inactive';
    this.#skipDependents();
    for (const run of this.#inOrder()) {
      await this.context.tell('FILE_BEGUN', { filename: run.source.name, catalog: run.catalog.id });
      await this.#pass(run);
    }
    for (;;) {
      this.#skipDependents();
      const next = this.runs.find((run) => this.#needsPass(run));
      if (!next) break;
      await this.#pass(next);
    }
    for (const rule of this.rules) this.#conclude(rule);
    await this.context.failures.flush();
    for (const { filename, records, errors, warnings } of this.files())
      await this.context.tell('FILE_DONE', { filename, records, errors, warnings });
  }

  #inOrder(): readonly CatalogRun[] {
    const ids = this.runs.map(({ catalog }) => catalog.id);
    const plans = this.rules.filter(({ isOver }) => !isOver).map(({ plan }) => plan);
    return readingOrder(ids, plans).flatMap((id) => this.runs.find(({ catalog }) => catalog.id === id) ?? []);
  }

  /** What is to be said of the delivery before anything is read. */
  #reportFiles(): void {
    const { notes, refusal } = this.delivery;
    for (const { code, severity, values } of notes)
      this.log.add(plainCheck(code, severity), () => NO_PLACE, values);
    if (refusal) this.log.add(plainCheck(refusal.error.code, 'error'), () => NO_PLACE, refusal.error.values);
    this.missing.forEach(({ filename }, index) => {
      this.#missingLogs[index]?.add(MISSING, () => NO_PLACE, { filename });
    });
  }

  /** A rule that needs a catalog that is not there, or cannot be read, is not run (contract files §4.2). */
  #skipDependents(): void {
    const there = new Set(
      this.runs.filter(({ state }) => state === 'Procesado').map(({ catalog }) => catalog.id),
    );
    for (const rule of this.rules) {
      const needs = [...rule.plan.reads.map(({ catalog }) => catalog), rule.rule.catalog];
      if (!rule.isOver && needs.some((id) => id !== undefined && !there.has(id))) rule.skipped = 'dependency';
    }
  }

  #needsPass({ catalog: { id }, state, isEmitted }: CatalogRun): boolean {
    if (state === 'Error') return false;
    const hasWork = this.rules.some(
      (rule) => (rule.isReady && rule.testsRowsOf(id)) || rule.hasReadyGathers(id),
    );
    return hasWork || (!isEmitted && this.context.sink.takesRows);
  }

  async #pass(run: CatalogRun): Promise<void> {
    const { id } = run.catalog;
    const own = this.rules.filter((rule) => rule.testsRowsOf(id));
    const testing = own.filter(({ isReady }) => isReady);
    const isDecided = own.every((rule) => rule.isOver || rule.isReady || !rule.isPerRow);
    const emits = isDecided && (!run.isEmitted || testing.some(({ isPerRow }) => isPerRow));
    await run.pass({
      gathering: this.rules.filter((rule) => rule.hasReadyGathers(id)),
      testing,
      tested: own.filter(({ isPerRow, isDone, rule }) => isPerRow && isDone && rule.severity === 'error'),
      emits,
    });
    if (run.state === 'Error') return;
    for (const rule of testing) rule.endTests();
  }

  /** One failure of a rule that fails once, or one error of a rule that could not be evaluated. */
  #conclude(rule: RuleRun): void {
    const { plan, fault, check, samples } = rule;
    if (rule.skipped) return;
    const holds = fault ? undefined : plan.testsRowsOf === undefined ? rule.verdict() : rule.isTolerated();
    if (rule.fault) {
      const { code, values } = rule.fault;
      const faulty = { ...check, code, severity: 'error' as const };
      this.#logOf(rule).add(faulty, () => NO_PLACE, saidValues(values, this.context.failures.locale));
      return;
    }
    if (holds || rule.isPerRow) return;
    const lines = samples.map(({ line }) => line).join(', ');
    const place = () => ({
      line: samples[0]?.line ?? null,
      field: null,
      value: samples[0]?.value ?? null,
      rows: plan.testsRowsOf === undefined ? 1 : rule.failed,
      samples,
    });
    this.#logOf(rule).add(check, place, { failed: rule.failed, lines });
  }

  #logOf({ plan, rule }: RuleRun): FailureLog {
    const id = plan.testsRowsOf ?? rule.catalog;
    return this.runs.find(({ catalog }) => catalog.id === id)?.log ?? this.log;
  }

  get logs(): readonly { readonly log: FailureLog; readonly records: number }[] {
    return [
      ...this.runs.map(({ log, records }) => ({ log, records })),
      ...[...this.#missingLogs, this.log].map((log) => ({ log, records: 0 })),
    ];
  }

  /** In the order of the package. */
  files(): readonly FileResult[] {
    const { refusal, package: chosen } = this.delivery;
    if (refusal)
      return [
        {
          filename: refusal.file,
          catalog: chosen?.id ?? '',
          records: 0,
          errors: 1,
          warnings: 0,
          state: 'Error',
        },
      ];
    return this.delivery.members.flatMap(({ catalog }): readonly FileResult[] => {
      const run = this.runs.find((each) => each.catalog.id === catalog.id);
      if (run) return [run.result()];
      if (!this.missing.includes(catalog)) return [];
      return [
        {
          filename: catalog.filename,
          catalog: catalog.id,
          records: 0,
          errors: 1,
          warnings: 0,
          state: 'Faltante',
        },
      ];
    });
  }

  formatErrors(): readonly FormatFault[] {
    const { refusal } = this.delivery;
    const whole = refusal
      ? [formatFault(this.context.failures.locale, refusal.file, refusal.error.code, 0, refusal.error.values)]
      : [];
    return [...whole, ...this.runs.flatMap(({ formatErrors }) => formatErrors)];
  }

  missingFiles(): readonly MissingFile[] {
    return this.missing.map(({ filename, id }) => ({ filename, package: this.delivery.package?.id ?? id }));
  }

  skipped(): Readonly<Record<SkippedLevel, readonly SkippedRule[]>> {
    const at = (level: Rule['level']) =>
      this.rules.flatMap(({ rule, skipped }) =>
        skipped && rule.level === level ? [{ rule: rule.id, name: rule.name, reason: skipped }] : [],
      );
    return {
      field_rules: at('field'),
      row_rules: at('row'),
      catalog_rules: at('catalog'),
      package_rules: at('package'),
    };
  }
}

const MISSING = plainCheck('FILE_MISSING', 'error');
const NO_PLACE = { line: null, field: null, value: null };

/** Rules of the catalogs that were chosen, and of the package. */
function rulesFor({ spec, package: chosen, members }: Delivery): readonly Rule[] {
  const ids = new Set(members.map(({ catalog }) => catalog.id));
  return rulesOf(spec).filter(({ catalog, package: of }) =>
    catalog === undefined ? of !== undefined && of === chosen?.id : ids.has(catalog),
  );
}

/** Values that are codes of texts themselves, said in the user's language. */
function saidValues(values: Readonly<Record<string, string | number>>, locale: 'es' | 'en') {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' && isFilesCode(value) ? say(locale, value, values) : value,
    ]),
  );
}
