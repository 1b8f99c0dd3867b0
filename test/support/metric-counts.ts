import type { Metrics } from '../../runtime/core/metrics.ts';

/** Metrics that are added up in memory. */
export class MetricCounts<Name extends string = string> implements Metrics<Name> {
  readonly counts: Partial<Record<Name, number>> = {};
  readonly values: { readonly name: Name; readonly value: number; readonly unit: string }[] = [];

  count(name: Name, value = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + value;
  }

  value(name: Name, value: number, unit: string): void {
    this.values.push({ name, value, unit });
  }
}
