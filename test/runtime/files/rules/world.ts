import { isoDate } from '../../../../runtime/files/dates.ts';
import { compileRule } from '../../../../runtime/files/rules/compile-rule.ts';
import type { GatherResources, RulePlan } from '../../../../runtime/files/rules/plan.ts';
import type {
  Catalog,
  Field,
  FieldType,
  FileFormat,
  Package,
  Problem,
  Rule,
  Spec,
  Value,
} from '../../../../runtime/files/spec/types.ts';

/** Documents and rows for tests of rules, and an engine that does the least that a plan asks for. */

const FORMAT: FileFormat = {
  type: 'CSV',
  delimiter: ';',
  header: true,
  encoding: 'auto',
  quote: '"',
  escape: undefined,
  comment: undefined,
  decimal: '.',
  thousands: undefined,
  nullValues: [''],
  trim: 'none',
  skipRows: 0,
  sheet: undefined,
  dateFormats: [],
  compression: 'auto',
};

export function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    name,
    type,
    isRequired: false,
    isUnique: false,
    isSensitive: false,
    description: '',
    default: undefined,
    options: undefined,
    min: undefined,
    max: undefined,
    minLength: undefined,
    maxLength: undefined,
    pattern: undefined,
    scale: undefined,
    format: undefined,
    rules: [],
    ...more,
  };
}

export function catalog(id: string, fields: readonly Field[], more: Partial<Catalog> = {}): Catalog {
  return {
    id,
    name: id,
    description: '',
    filename: `${id}.csv`,
    format: FORMAT,
    fields,
    rowRules: [],
    catalogRules: [],
    uniqueTogether: [],
    isOptional: false,
    ...more,
  };
}

export function rule(expression: string, more: Partial<Rule> = {}): Rule {
  return {
    id: 'regla',
    name: 'regla',
    description: 'No cumple',
    expression,
    severity: 'error',
    language: 'auto',
    mostly: 1,
    onNull: undefined,
    isActive: true,
    maxDetails: undefined,
    level: 'row',
    catalog: 'ventas',
    field: undefined,
    package: undefined,
    at: { line: 1, column: 1 },
    ...more,
  };
}

export const packageRule = (expression: string, more: Partial<Rule> = {}): Rule =>
  rule(expression, { level: 'package', catalog: undefined, package: 'diario', ...more });

export function spec(catalogs: readonly Catalog[], rules: readonly Rule[] = []): Spec {
  const diario: Package = {
    id: 'diario',
    name: 'Diario',
    description: '',
    type: 'ZIP',
    catalogs: catalogs.map(({ id }) => id),
    rules,
  };
  return {
    name: 'Prueba',
    description: '',
    version: '1',
    author: '',
    comments: '',
    ruleLanguage: 'auto',
    catalogs: new Map(catalogs.map((each) => [each.id, each])),
    packages: new Map([['diario', diario]]),
  };
}

export type Rows = readonly (readonly Value[])[];
export type Tables = Readonly<Record<string, Rows>>;

export const resources: GatherResources = {
  keySet() {
    const keys = new Set<string>();
    return {
      add(key) {
        const isNew = !keys.has(key);
        keys.add(key);
        return isNew;
      },
      has: (key) => keys.has(key),
    };
  },
};

/** One answer per row, or one for the rule. */
export type Answers = boolean | readonly (boolean | null)[];

export function runPlan(plan: RulePlan, tables: Tables): Answers {
  const gathered: unknown[] = [];
  const rowsOf = (id: string): Rows => tables[id] ?? [];
  for (const [place, gather] of plan.gathers.entries()) {
    if (gather.after.some((before) => before >= place)) throw new Error('a gather waits for a later one');
    const visible = gathered.map((value, index) => (gather.after.includes(index) ? value : undefined));
    const gathering = gather.start(resources, visible);
    for (const [index, row] of rowsOf(gather.catalog).entries()) {
      gathering.add(row, { rowNumber: index + 1, line: index + 2 });
    }
    gathered.push(gathering.finish());
  }
  if (plan.testsRowsOf === undefined) return plan.verdict(gathered);
  return rowsOf(plan.testsRowsOf).map((row, index) =>
    plan.test(row, { rowNumber: index + 1, line: index + 2 }, gathered),
  );
}

export const TODAY = isoDate('2024-05-10') ?? 0;

export function compile(
  of: Rule,
  document: Spec,
): { plan: RulePlan | undefined; problems: readonly Problem[] } {
  return compileRule(of, document, { today: TODAY });
}

/** Compiles and runs; a rule that does not compile is an error of the test. */
export function answers(of: Rule, document: Spec, tables: Tables): Answers {
  const { plan, problems } = compile(of, document);
  if (plan === undefined || plan.fault !== undefined) throw new Error(JSON.stringify(problems));
  return runPlan(plan, tables);
}

/** The documents' dates, as milliseconds. */
export function day(text: string): number {
  const instant = isoDate(text);
  if (instant === undefined) throw new Error(`${text} is no date`);
  return instant;
}
