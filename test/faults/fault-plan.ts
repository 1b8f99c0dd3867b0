import type { Clock } from '../../runtime/core/clock.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { FunctionRun } from './invocation.ts';

const OUTAGE_MILLIS = 600_000;

/** A fault at the n-th call of the schedule (from 0). `choice` picks the kind by what the call allows. */
export interface PlannedFault {
  readonly call: number;
  readonly kind: FaultKind | { readonly choice: number };
}

/** A fault as it happened. */
export interface MetFault {
  readonly label: string;
  readonly kind: FaultKind;
}

/** Counts the calls of a schedule and says which of them meet a fault. */
export class FaultPlan {
  /** Labels of all calls in order. */
  readonly calls: string[] = [];
  readonly met: MetFault[] = [];
  /** Faults still to come; switched off for the operator's part. */
  isOn = true;
  private readonly outages = new Map<string, number>();

  constructor(
    private readonly faults: readonly PlannedFault[],
    private readonly clock: Clock,
    private readonly kindsFor: (label: string) => readonly FaultKind[],
  ) {}

  /** The fault of a function's call: its own, or one that lasts. */
  at(label: string, { sticky }: FunctionRun): FaultKind | undefined {
    const fault = this.planned(label) ?? sticky.get(label) ?? this.outage(label);
    if (fault === 'down' || fault === 'lost-down') sticky.set(label, fault);
    return fault;
  }

  /** The fault of a call that is no function's, such as the event source mapping's. */
  planned(label: string): FaultKind | undefined {
    const index = this.calls.push(label) - 1;
    const planned = this.isOn ? this.faults.find(({ call }) => call === index) : undefined;
    if (!planned) return undefined;
    const kinds = this.kindsFor(label);
    const kind =
      typeof planned.kind === 'string'
        ? planned.kind
        : (kinds[Math.floor(planned.kind.choice * kinds.length)] as FaultKind);
    this.met.push({ label, kind });
    if (kind === 'outage') this.outages.set(label, this.clock.nowMillis() + OUTAGE_MILLIS);
    return kind;
  }

  private outage(label: string): 'outage' | undefined {
    const over = !this.isOn || (this.outages.get(label) ?? 0) <= this.clock.nowMillis();
    return over ? undefined : 'outage';
  }
}
