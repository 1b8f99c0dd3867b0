import type { Value } from '../../spec/types.ts';
import type { KeySet } from '../plan.ts';
import type { AggregateFunction, Kind } from '../tree.ts';
import type { NullMeaning, Numeric } from './compiler.ts';
import { whole } from './numbers.ts';
import { beforeOf } from './order.ts';

/** Adds up what one aggregate is made of; nulls are skipped unless it says otherwise. */
export interface Accumulator {
  add(value: Value): void;
  result(): Value;
}

/** Makes one accumulator per group. `keys` is shared by the groups: only what looks for repetition uses it. */
export function accumulatorOf(
  name: AggregateFunction,
  kind: Kind,
  nulls: NullMeaning,
  keys: (() => KeySet) | undefined,
): (group: string) => Accumulator {
  switch (name) {
    case 'rows':
      return () => new Count(() => true);
    case 'count':
      return () => new Count((value) => value !== null);
    case 'countIf':
      return () => new Count((value) => value === true);
    case 'sum':
      return () => (kind === 'int' ? new WholeSum() : new DecimalSum());
    case 'avg':
      return () => new Average();
    case 'min':
      return () => new Extreme(beforeOf(kind), true);
    case 'max':
      return () => new Extreme(beforeOf(kind), false);
    case 'stddev':
      return () => new Deviation();
    case 'median':
      return () => new Median();
    case 'all':
      return () => new Quantifier(false, nulls);
    case 'any':
      return () => new Quantifier(true, nulls);
    default:
      return distinctOf(name === 'distinct', keys?.());
  }
}

class Count implements Accumulator {
  private count = 0;
  constructor(private readonly counts: (value: Value) => boolean) {}

  add(value: Value): void {
    if (this.counts(value)) this.count += 1;
  }

  result(): Value {
    return this.count;
  }
}

/** Exact, whatever the size; infinite values make it an ordinary sum. */
class WholeSum implements Accumulator {
  private sum: Numeric = 0;

  add(value: Value): void {
    if (value === null) return;
    if (typeof value === 'number' && typeof this.sum === 'number') {
      const next = this.sum + value;
      if (Number.isSafeInteger(next)) {
        this.sum = next;
        return;
      }
    }
    this.sum = whole('+', this.sum, value as Numeric) ?? Number.NaN;
  }

  result(): Value {
    return Number.isNaN(this.sum) ? null : this.sum;
  }
}

/** Keeps what each addition loses (Neumaier), so that a million cents give what they should. */
class DecimalSum implements Accumulator {
  private sum = 0;
  private lost = 0;

  add(value: Value): void {
    if (value === null) return;
    const number = Number(value);
    const next = this.sum + number;
    this.lost += Math.abs(this.sum) >= Math.abs(number) ? this.sum - next + number : number - next + this.sum;
    this.sum = next;
  }

  result(): Value {
    const total = this.sum + this.lost;
    const result = Number.isNaN(total) ? this.sum : total;
    return Number.isNaN(result) ? null : result;
  }
}

class Average implements Accumulator {
  private readonly sum = new DecimalSum();
  private count = 0;

  add(value: Value): void {
    if (value === null) return;
    this.sum.add(value);
    this.count += 1;
  }

  result(): Value {
    const sum = this.sum.result();
    return this.count === 0 || sum === null ? null : Number(sum) / this.count;
  }
}

class Extreme implements Accumulator {
  private best: Value = null;

  constructor(
    private readonly isBefore: (a: Value, b: Value) => boolean,
    private readonly isLeast: boolean,
  ) {}

  add(value: Value): void {
    if (value === null) return;
    const { best } = this;
    if (best === null || (this.isLeast ? this.isBefore(value, best) : this.isBefore(best, value)))
      this.best = value;
  }

  result(): Value {
    return this.best;
  }
}

/** Of the sample (n − 1), by Welford's way; one value has none. */
class Deviation implements Accumulator {
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(value: Value): void {
    if (value === null) return;
    const number = Number(value);
    this.count += 1;
    const distance = number - this.mean;
    this.mean += distance / this.count;
    this.squares += distance * (number - this.mean);
  }

  result(): Value {
    const deviation = this.count < 2 ? Number.NaN : Math.sqrt(this.squares / (this.count - 1));
    return Number.isNaN(deviation) ? null : deviation;
  }
}

class Median implements Accumulator {
  private values = new Float64Array(64);
  private count = 0;

  add(value: Value): void {
    if (value === null) return;
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count] = Number(value);
    this.count += 1;
  }

  result(): Value {
    if (this.count === 0) return null;
    const sorted = this.values.subarray(0, this.count).sort();
    const middle = this.count >>> 1;
    const upper = sorted[middle] ?? 0;
    return this.count % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  }
}

/** `any` looks for a true, `all` for a false. Without one, an unknown leaves the answer unknown. */
class Quantifier implements Accumulator {
  private isFound = false;
  private isUnknown = false;

  constructor(
    private readonly wanted: boolean,
    private readonly nulls: NullMeaning,
  ) {}

  add(value: Value): void {
    if (value === this.wanted) this.isFound = true;
    else if (value === null) this.isUnknown = true;
  }

  result(): Value {
    if (this.isFound) return this.wanted;
    return this.isUnknown && this.nulls === 'unknown' ? null : !this.wanted;
  }
}

/** What it adds are keys, as texts. */
function distinctOf(isCounted: boolean, keys: KeySet | undefined): (group: string) => Accumulator {
  if (keys === undefined) throw new Error('keys are counted without a set');
  return (group) => {
    let count = 0;
    let repeats = 0;
    return {
      add(key) {
        if (key === null) return;
        if (keys.add(`${group}${key}`)) count += 1;
        else repeats += 1;
      },
      result: () => (isCounted ? count : repeats === 0),
    };
  };
}
