import type { ExecutionRecord, ExecutionTarget } from '../store/execution-record.ts';

/** The panels of `sage-operations`, drawn from execution records instead of metrics (contract files §9). */
export interface Panels {
  readonly fromMillis: number;
  readonly untilMillis: number;
  /** Executions that began, a bucket an hour or a day. */
  readonly split: readonly SplitBucket[];
  /** Share of Lambda, 0 to 100; undefined before anything ran. */
  readonly lambdaPercent: number | undefined;
  /** Of finished runs, by where they ran. */
  readonly processing: Readonly<Record<ExecutionTarget, Times | undefined>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Cost of the runs on Lambda, a day in UTC each. */
  readonly cost: readonly DayCost[];
  readonly waiting: { readonly count: number; readonly oldestSeconds: number };
  /** Executions that somebody should look at, the longest unchanged first. */
  readonly stuck: readonly ExecutionRecord[];
}

export interface SplitBucket {
  readonly startMillis: number;
  readonly local: number;
  readonly lambda: number;
}

/** In milliseconds. */
export interface Times {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export const OUTCOMES = ['Éxito', 'Parcial', 'Fallido', 'Errored'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface DayCost {
  /** `2026-03-02`. */
  readonly day: string;
  readonly usd: number;
}

export interface PanelOptions {
  readonly nowMillis: number;
  /** How far they look back, 1 to 90. */
  readonly days: number;
  /** What a run on Lambda of so many milliseconds costs, in USD. */
  readonly costOf: (millis: number) => number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Nothing of an execution is quiet for longer while all is well: an event waits 5 minutes, a run beats every 30 s. */
const QUIET_MILLIS = 10 * 60_000;

/** Of records in any order, those of the time that is looked at. */
export function panelsOf(records: readonly ExecutionRecord[], options: PanelOptions): Panels {
  const { nowMillis, days } = options;
  const fromMillis = nowMillis - days * DAY;
  const recent = records.filter(({ createdAt }) => Date.parse(createdAt) >= fromMillis);
  const started = recent.filter(({ startedAt }) => startedAt !== undefined);
  const onLambda = started.filter(({ target }) => target === 'lambda').length;
  return {
    fromMillis,
    untilMillis: nowMillis,
    split: splitOf(started, fromMillis, options),
    lambdaPercent: started.length === 0 ? undefined : (100 * onLambda) / started.length,
    processing: { local: timesOf(started, 'local'), lambda: timesOf(started, 'lambda') },
    outcomes: outcomesOf(recent),
    cost: costOf(started, options),
    waiting: waitingOf(records, nowMillis),
    stuck: records
      .filter((record) => isStuck(record, nowMillis))
      .sort((a, b) => a.updatedAt.localeCompare(b.updatedAt)),
  };
}

function splitOf(started: readonly ExecutionRecord[], fromMillis: number, { nowMillis, days }: PanelOptions) {
  const width = days <= 2 ? HOUR : DAY;
  const first = Math.floor(fromMillis / width) * width;
  const buckets = Array.from({ length: Math.floor((nowMillis - first) / width) + 1 }, (_, index) => ({
    startMillis: first + index * width,
    local: 0,
    lambda: 0,
  }));
  for (const { startedAt = '', target = 'local' } of started) {
    const bucket = buckets[Math.floor((Date.parse(startedAt) - first) / width)];
    if (bucket) bucket[target] += 1;
  }
  return buckets;
}

/** How long a run took; undefined while it runs. */
const millisOf = ({ startedAt, endedAt }: ExecutionRecord): number | undefined =>
  startedAt === undefined || endedAt === undefined
    ? undefined
    : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));

function timesOf(started: readonly ExecutionRecord[], target: ExecutionTarget): Times | undefined {
  const all = started
    .filter((record) => record.target === target)
    .flatMap((record) => millisOf(record) ?? [])
    .sort((a, b) => a - b);
  if (all.length === 0) return undefined;
  const at = (share: number) => all[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
  const mean = all.reduce((sum, millis) => sum + millis, 0) / all.length;
  return { count: all.length, mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

const OUTCOME_OF: Readonly<Partial<Record<ExecutionRecord['state'], Outcome>>> = {
  SUCCEEDED: 'Éxito',
  PARTIAL: 'Parcial',
  REJECTED: 'Fallido',
  ERRORED: 'Errored',
  DEAD: 'Errored',
};

function outcomesOf(records: readonly ExecutionRecord[]): Record<Outcome, number> {
  const sums: Record<Outcome, number> = { Éxito: 0, Parcial: 0, Fallido: 0, Errored: 0 };
  for (const { state } of records) {
    const outcome = OUTCOME_OF[state];
    if (outcome) sums[outcome] += 1;
  }
  return sums;
}

function costOf(started: readonly ExecutionRecord[], { nowMillis, days, costOf: price }: PanelOptions) {
  const names = Array.from({ length: days }, (_, back) => dayOf(nowMillis - (days - 1 - back) * DAY));
  const sums = new Map(names.map((day) => [day, 0]));
  for (const record of started) {
    const millis = millisOf(record);
    const day = dayOf(Date.parse(record.endedAt ?? ''));
    if (record.target !== 'lambda' || millis === undefined || !sums.has(day)) continue;
    sums.set(day, (sums.get(day) ?? 0) + price(millis));
  }
  return [...sums].map(([day, usd]) => ({ day, usd }));
}

const dayOf = (millis: number): string =>
  Number.isFinite(millis) ? new Date(millis).toISOString().slice(0, 10) : '';

function waitingOf(records: readonly ExecutionRecord[], nowMillis: number): Panels['waiting'] {
  const waiting = records.filter(({ state }) => state === 'PENDING' || state === 'RETRY_WAIT');
  const ages = waiting.map(({ updatedAt }) => (nowMillis - Date.parse(updatedAt)) / 1000);
  return { count: waiting.length, oldestSeconds: Math.round(Math.max(0, ...ages)) };
}

/** What ends by itself is not stuck. */
function isStuck({ state, updatedAt, heartbeatAt }: ExecutionRecord, nowMillis: number): boolean {
  if (state === 'DEAD' || state === 'STALE') return true;
  if (!['PENDING', 'DISPATCHED', 'RUNNING'].includes(state)) return false;
  return nowMillis - Date.parse(heartbeatAt ?? updatedAt) > QUIET_MILLIS;
}
