import { asText } from '../../core/json.ts';
import type { LogEvidence } from '../../core/trace/reading.ts';
import { attemptNumbers } from './attempts.ts';
import type { MessageEvidence } from './evidence.ts';
import type { TraceStep } from './model.ts';

/** A step, and its time as a number: what has none is put in its place later. */
export type TimedStep = Omit<TraceStep, 'at'> & { readonly atMillis: number | undefined };

type Words = Omit<TraceStep, 'at' | 'source' | 'attempt'>;

/** What each line of the log says of its message; other lines say nothing new. */
const LINES: Readonly<Record<string, (line: LogEvidence, evidence: MessageEvidence) => Words | undefined>> = {
  job_handed_off: (_, { isQueued }) => ({
    kind: 'handed_off',
    detail: isQueued ? 'to the queue' : 'to the worker',
  }),
  hand_off_failed: ({ fields }) => ({ kind: 'hand_off_failed', ...detail(fields.error) }),
  event_ignored: ({ fields }) => ({ kind: 'ignored', ...rule(fields.rule) }),
  turn_claimed: ({ fields }) => ({
    kind: 'claimed',
    detail: fields.status === 'resume' ? 'its reply is stored already' : 'new',
  }),
  turn_decided: ({ fields }) => ({
    kind: 'decided',
    ...rule(fields.rule),
    detail: partsText(Number(fields.parts)),
  }),
  part_begun: ({ fields }) => ({ kind: 'part_begun', ...part(fields.part) }),
  part_accepted: ({ fields }) => ({ kind: 'part_accepted', ...part(fields.part) }),
  turn_failed: ({ fields }) => ({
    kind: 'failed',
    ...part(fields.part),
    ...rule(fields.error_class),
    ...detail(fields.error),
  }),
  notice_finished: ({ fields }) => ({ kind: 'notice', ...rule(fields.reason), ...detail(fields.status) }),
  notice_failed: ({ fields }) => ({ kind: 'notice', ...rule(fields.reason), ...detail(fields.error) }),
  worker_job_finished: finished,
};

function finished({ fields, atMillis }: LogEvidence, { lines }: MessageEvidence): Words | undefined {
  const reason = rule(fields.rule);
  if (fields.status === 'done') return { kind: 'skipped', ...reason };
  if (fields.status === 'ignored') return { kind: 'ignored', ...reason };
  if (fields.status !== 'failed') return { kind: 'done', ...reason, detail: String(fields.status) };
  const isTold = lines.some(
    (line) =>
      line.message === 'turn_failed' && line.fields.attempt === fields.attempt && line.atMillis <= atMillis,
  );
  return isTold ? undefined : { kind: 'failed', ...reason, ...detail(fields.error) };
}

/** The steps that the log tells. */
export function logSteps(evidence: MessageEvidence): TimedStep[] {
  const attemptOf = attemptNumbers(evidence.lines);
  const received = evidence.requests.map(
    ({ atMillis, fields }): TimedStep => ({
      kind: 'received',
      source: 'log',
      atMillis: atMillis - (Number(fields.duration_ms) || 0),
      detail: `the webhook was answered ${fields.status}`,
    }),
  );
  const own = evidence.lines.flatMap((line): TimedStep[] => {
    const words = LINES[line.message]?.(line, evidence);
    const attempt = attemptOf(line.fields.attempt);
    if (!words) return [];
    return [{ ...words, source: 'log', atMillis: line.atMillis, ...(attempt !== undefined && { attempt }) }];
  });
  return [...received, ...own];
}

export const partsText = (count: number): string => (count === 1 ? '1 part' : `${count} parts`);

const part = (value: unknown) => (typeof value === 'number' ? { part: value } : {});
const rule = (value: unknown) => (typeof value === 'string' ? { rule: value } : {});
const detail = (value: unknown) => {
  const text = asText(value);
  return text === undefined ? {} : { detail: text };
};
