import { timeMillis } from '../record.ts';
import type { MessageEvidence } from './evidence.ts';
import { logSteps, type TimedStep } from './log-steps.ts';
import type { StepKind, TraceSource, TraceStep } from './model.ts';

/** The time line of a message: what the log tells, and of the rest what the log does not have. */
export function stepsOf(evidence: MessageEvidence): readonly TraceStep[] {
  const told = logSteps(evidence);
  const steps = [...told, ...rowSteps(told, evidence), ...recordSteps(told, evidence)];
  const timed = steps
    .filter(({ atMillis }) => atMillis !== undefined)
    .sort((a, b) => Number(a.atMillis) - Number(b.atMillis));
  const untimed = steps.filter(({ atMillis }) => atMillis === undefined);
  return [...timed, ...untimed, ...standingSteps(evidence)].map(({ atMillis, ...step }) => ({
    ...(atMillis !== undefined && { at: new Date(atMillis).toISOString() }),
    ...step,
  }));
}

const has = (steps: readonly TimedStep[], kind: StepKind, part?: number): boolean =>
  steps.some((step) => step.kind === kind && (part === undefined || step.part === part));

const step = (
  kind: StepKind,
  source: TraceSource,
  time: string | undefined,
  detail?: string,
  part?: number,
): TimedStep => ({
  kind,
  source,
  atMillis: timeMillis(time),
  ...(part !== undefined && { part }),
  ...(detail !== undefined && { detail }),
});

function rowSteps(told: readonly TimedStep[], { row }: MessageEvidence): TimedStep[] {
  if (!row || has(told, 'staged')) return [];
  return [step('staged', 'stage table', row.receivedAt, `route ${row.route}`)];
}

/** Entries and the turn in progress. Archived ones are told by their mark, not by their block. */
function recordSteps(
  told: readonly TimedStep[],
  { entry, reply, conversation, turnId }: MessageEvidence,
): TimedStep[] {
  const source = entry?.isArchived ? 'archive' : 'record';
  const pending = conversation?.pendingTurn;
  const parts = pending?.turnId === turnId ? (pending?.parts ?? []) : [];
  return [
    ...(entry && !has(told, 'received') ? [step('received', source, entry.timestamp)] : []),
    ...(entry && !has(told, 'finished') && !has(told, 'recorded')
      ? [step('recorded', source, undefined, 'the message is in the record')]
      : []),
    ...(reply?.partSids ?? []).flatMap((sid, index) =>
      has(told, 'part_accepted', index + 1)
        ? []
        : [step('part_accepted', source, reply?.timestamp, `as ${sid}`, index + 1)],
    ),
    ...(reply?.deliveryStatus !== undefined && !has(told, 'part_status') && !has(told, 'part_failed')
      ? [step('part_status', source, undefined, reply.deliveryStatus)]
      : []),
    ...parts.flatMap(({ sid, sendStartedAt }, index) => {
      const part = index + 1;
      if (sid !== undefined && !has(told, 'part_accepted', part))
        return [step('part_accepted', 'record', sendStartedAt, `as ${sid}`, part)];
      return sendStartedAt !== undefined && !has(told, 'part_begun', part)
        ? [step('part_begun', 'record', sendStartedAt, undefined, part)]
        : [];
    }),
  ];
}

/** What waits, is held or lies about now, for a message that is not over. */
function standingSteps(evidence: MessageEvidence): TimedStep[] {
  const { row, locks, letters, humans, conversation, nowMillis, entry } = evidence;
  const now = new Date(nowMillis).toISOString();
  const standing = (source: TraceSource, detail: string) => [step('standing', source, now, detail)];
  const until = (seconds: number) => new Date(seconds * 1000).toISOString();
  const isLive = (seconds: number | undefined): seconds is number =>
    seconds !== undefined && seconds * 1000 > nowMillis;
  const isOpen = row !== undefined && !entry;
  const lease = conversation?.lockOwner === undefined ? undefined : conversation.lockExpiresAtSeconds;
  return [
    ...(isOpen ? standing('stage table', 'it waits for its turn') : []),
    ...(isOpen && isLive(locks?.triggerLockSeconds)
      ? standing('locks', `a trigger is on its way, at the latest until ${until(locks.triggerLockSeconds)}`)
      : []),
    ...(isOpen && isLive(lease)
      ? standing('record', `a worker has the conversation until ${until(lease)}`)
      : []),
    ...(isOpen
      ? letters.map(({ messageId }) =>
          step('dead_letter', 'dead letters', undefined, `SQS message ${messageId}`),
        )
      : []),
    ...humans.map(({ reason }) => step('human_told', 'human queue', undefined, reason)),
  ];
}
