import type { MessageEvidence } from './evidence.ts';
import { logSteps, partsText, type TimedStep } from './log-steps.ts';
import type { StepKind, TraceStep } from './model.ts';

/** The time line of one message, in order. */
export function stepsOf(evidence: MessageEvidence): TraceStep[] {
  const told = logSteps(evidence);
  const steps = [
    ...withMessageIds(told, evidence),
    ...receivedStep(told, evidence),
    ...ledgerSteps(told, evidence),
    ...deliverySteps(told, evidence),
    ...capturedSteps(evidence),
    ...letterSteps(evidence),
  ];
  return inOrder(steps).map(({ atMillis, ...step }) => ({
    ...(atMillis !== undefined && { at: new Date(atMillis).toISOString() }),
    ...step,
  }));
}

const has = (steps: readonly TimedStep[], kind: StepKind, part?: number): boolean =>
  steps.some((step) => step.kind === kind && (part === undefined || step.part === part));

/** Only the item knows the platform's id of an accepted part. */
function withMessageIds(steps: readonly TimedStep[], { delivery }: MessageEvidence): TimedStep[] {
  return steps.map((step) => {
    const id = step.kind === 'part_accepted' ? delivery?.accepted.get(step.part ?? 0) : undefined;
    return id === undefined ? step : { ...step, detail: `message id ${id}` };
  });
}

/** Without the ingress's log, the platform's own time is the nearest. */
function receivedStep(told: readonly TimedStep[], { sentAt }: MessageEvidence): TimedStep[] {
  const atMillis = Date.parse(sentAt ?? '');
  if (has(told, 'received') || Number.isNaN(atMillis)) return [];
  return [{ kind: 'received', source: 'history', atMillis, detail: 'the time that the platform gives it' }];
}

function ledgerSteps(told: readonly TimedStep[], { ledger }: MessageEvidence): TimedStep[] {
  if (!ledger || has(told, 'decided')) return [];
  const { decidedAtMillis, rule, parts, carriedBy } = ledger;
  const detail = carriedBy === undefined ? partsText(parts) : `the reply is that of event ${carriedBy}`;
  return [
    {
      kind: 'decided',
      source: 'history',
      atMillis: decidedAtMillis,
      rule,
      ...((carriedBy ?? parts) && { detail }),
    },
  ];
}

function deliverySteps(told: readonly TimedStep[], { delivery }: MessageEvidence): TimedStep[] {
  if (!delivery) return [];
  const timed = (kind: StepKind, times: ReadonlyMap<number, number>): TimedStep[] =>
    [...times].map(([part, atMillis]) => ({ kind, source: 'delivery item', atMillis, part }));
  const accepted = [...delivery.accepted]
    .filter(([part]) => !has(told, 'part_accepted', part))
    .map(([part, id]): TimedStep => ({ ...untimed('part_accepted'), part, detail: `message id ${id}` }));
  const refused = timed('part_refused', delivery.refusedAtMillis);
  return [
    ...accepted,
    ...refused.filter(({ part }) => !has(told, 'failed', part)),
    ...timed('part_delivered', delivery.deliveredAtMillis),
    ...timed('part_read', delivery.readAtMillis),
    ...(delivery.isDone && !has(told, 'done') ? [untimed('done')] : []),
  ];
}

const untimed = (kind: StepKind): TimedStep => ({ kind, source: 'delivery item', atMillis: undefined });

const capturedSteps = ({ captured }: MessageEvidence): TimedStep[] =>
  captured.map(({ reason, error, part, capturedAt, key }) => ({
    kind: reason === 'status_failed' ? 'delivery_failed' : 'captured',
    source: 'captured events',
    atMillis: Date.parse(capturedAt),
    ...(part !== undefined && { part }),
    rule: reason,
    detail: `${error} (${key})`,
  }));

const letterSteps = ({ deadLetters }: MessageEvidence): TimedStep[] =>
  deadLetters.map(({ messageId }) => ({
    kind: 'dead_letter',
    source: 'dead letters',
    atMillis: undefined,
    detail: `SQS message ${messageId}`,
  }));

/** The place of each kind in the life of a message, for what has no time. */
const RANK: Readonly<Record<StepKind, number>> = {
  received: 0,
  hand_off_failed: 1,
  handed_off: 2,
  ignored: 3,
  claimed: 3,
  decided: 4,
  part_begun: 5,
  part_refused: 5,
  part_accepted: 6,
  part_delivered: 7,
  part_read: 8,
  failed: 9,
  captured: 9,
  done: 9,
  skipped: 10,
  notice: 10,
  dead_letter: 11,
  delivery_failed: 11,
};

/** Log lines in their own order, the rest by time; what has no time stands where it must have happened. */
function inOrder(steps: readonly TimedStep[]): TimedStep[] {
  const ordered = steps
    .filter(({ source, atMillis }) => source === 'log' && atMillis !== undefined)
    .sort((a, b) => Number(a.atMillis) - Number(b.atMillis));
  const others = steps.filter((step) => !ordered.includes(step)).sort(byTimeThenRank);
  for (const step of others) ordered.splice(placeOf(step, ordered), 0, step);
  return ordered;
}

const byTimeThenRank = (a: TimedStep, b: TimedStep): number =>
  (a.atMillis ?? Number.MAX_VALUE) - (b.atMillis ?? Number.MAX_VALUE) || RANK[a.kind] - RANK[b.kind];

function placeOf(step: TimedStep, ordered: readonly TimedStep[]): number {
  const { atMillis, kind, part, source } = step;
  if (atMillis !== undefined) {
    // The item keeps whole seconds: what it notes comes behind what the log says of that second.
    const latest = source === 'delivery item' ? atMillis + 999 : atMillis;
    const later = ordered.findIndex((other) => (other.atMillis ?? 0) > latest);
    return later < 0 ? ordered.length : later;
  }
  const ofPart = (other: TimedStep) => part !== undefined && other.part === part;
  const report = ordered.findIndex(
    (other) => ofPart(other) && RANK[other.kind] > RANK.part_accepted && other.kind !== 'failed',
  );
  if (report >= 0) return report;
  const before = ordered.findLastIndex((other) => ofPart(other) || RANK[other.kind] <= RANK[kind]);
  return before + 1;
}
