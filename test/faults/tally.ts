import type { MetFault } from './fault-plan.ts';

/** What one schedule showed. Each violation begins with its kind and a colon. */
export interface RunResult {
  readonly id: string;
  readonly violations: readonly string[];
  readonly met: readonly MetFault[];
  readonly calls: readonly string[];
  readonly repeated: number;
  readonly trace: readonly string[];
}

/** Counts for one call and one fault. */
export interface Row {
  readonly label: string;
  readonly kind: string;
  runs: number;
  lost: number;
  /** Repeated parts that an unclear fault of their own excuses. */
  repeatedUnclear: number;
  repeatedClear: number;
  order: number;
  /** Anything else: decided twice, a lock or a history that is wrong. */
  other: number;
}

export interface TallyData {
  readonly schedules: number;
  readonly rows: readonly Row[];
  readonly failures: readonly { readonly id: string; readonly violations: readonly string[] }[];
}

const MAX_FAILURES = 200;

/** Sums up schedules by the calls and faults that were met in them. */
export class Tally {
  schedules = 0;
  readonly failures: { id: string; violations: readonly string[] }[] = [];
  private readonly rows = new Map<string, Row>();

  add({ id, violations, met, repeated }: RunResult): void {
    this.schedules += 1;
    if (violations.length > 0 && this.failures.length < MAX_FAILURES) this.failures.push({ id, violations });
    const has = (kind: string) => (violations.some((violation) => violation.startsWith(`${kind}:`)) ? 1 : 0);
    const faults = met.length > 0 ? met : [{ label: 'no fault', kind: '' }];
    const other = violations.some((violation) => !/^(lost|repeated|order|explained):/.test(violation))
      ? 1
      : 0;
    for (const key of new Set(faults.map(({ label, kind }) => `${label}|${kind}`)))
      this.count(key, {
        runs: 1,
        lost: has('lost'),
        repeatedUnclear: has('repeated') ? 0 : Math.min(1, repeated),
        repeatedClear: has('repeated'),
        order: has('order'),
        other,
      });
  }

  merge(data: TallyData): void {
    this.schedules += data.schedules;
    this.failures.push(...data.failures);
    for (const row of data.rows) this.count(`${row.label}|${row.kind}`, row);
  }

  private count(key: string, add: Omit<Row, 'label' | 'kind'>): void {
    const [label = '', kind = ''] = key.split('|');
    const zero = { runs: 0, lost: 0, repeatedUnclear: 0, repeatedClear: 0, order: 0, other: 0 };
    const row = this.rows.get(key) ?? { label, kind, ...zero };
    for (const name of Object.keys(zero) as (keyof typeof zero)[]) row[name] += add[name];
    this.rows.set(key, row);
  }

  data(): TallyData {
    const order = ({ label, kind }: Row) => `${label} ${kind}`;
    const rows = [...this.rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    return { schedules: this.schedules, rows, failures: this.failures };
  }
}
