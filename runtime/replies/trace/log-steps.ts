import { asNumber, asText } from '../../core/json.ts';
import type { LogEvidence } from '../../core/trace/reading.ts';
import type { MessageEvidence } from './evidence.ts';
import type { TraceStep } from './model.ts';

/** A step, and its time as a number; undefined: the source does not say. */
export type TimedStep = Omit<TraceStep, 'at'> & { readonly atMillis: number | undefined };

type Words = Pick<TraceStep, 'kind'> & { readonly detail?: string | undefined };

/** What each line says of its message; other lines say nothing new. */
const LINES: Readonly<Record<string, (fields: LogEvidence['fields']) => Words | undefined>> = {
  webhook_refused: ({ status, error_code }) => ({
    kind: 'refused',
    detail: `answered ${status}, ${error_code}`,
  }),
  message_staged: ({ route }) => ({ kind: 'staged', detail: `route ${route}` }),
  message_repeated: ({ staged }) => ({
    kind: 'repeated',
    detail: staged === true ? 'it was staged already' : 'it was dealt with already',
  }),
  message_recorded: () => ({ kind: 'recorded', detail: 'without the model' }),
  trigger_sent: ({ delay_s }) => ({ kind: 'triggered', detail: `for ${delay_s} s later` }),
  orphans_swept: () => ({ kind: 'triggered', detail: 'by the sweeper' }),
  follow_up_triggered: () => ({ kind: 'triggered', detail: 'by the worker, for what it found at its end' }),
  trigger_deferred: ({ deferrals, delay_seconds }) => ({
    kind: 'deferred',
    detail: `time ${deferrals}, for ${delay_seconds} s: another turn was in progress`,
  }),
  turn_claimed: ({ state }) => ({
    kind: 'leased',
    detail: state === 'new' ? 'a new turn' : `the turn goes on at ${state}`,
  }),
  turn_decided: ({ parts }) => ({ kind: 'decided', detail: partsText(Number(parts)) }),
  part_begun: () => ({ kind: 'part_begun' }),
  part_settled: ({ message_sid }) => ({
    kind: 'part_settled',
    detail: message_sid === undefined ? 'Twilio has no such message' : `found as ${message_sid}`,
  }),
  part_accepted: ({ message_sid }) => ({ kind: 'part_accepted', detail: `as ${message_sid}` }),
  delivery_status: ({ status }) => ({ kind: 'part_status', detail: asText(status) }),
  delivery_failed: ({ status, provider_code }) => ({
    kind: 'part_failed',
    detail: [status, provider_code && `code ${provider_code}`].filter(Boolean).join(', '),
  }),
  turn_failed: ({ error, retry_seconds }) => ({
    kind: 'failed',
    detail: [error, retry_seconds !== undefined && `again in ${retry_seconds} s`].filter(Boolean).join('; '),
  }),
  lease_lost: () => ({ kind: 'failed', detail: 'another worker took the conversation' }),
  staged_without_record: () => ({ kind: 'failed', detail: 'the conversation has no record' }),
  turn_finished: ({ status, parts }) => ({
    kind: 'finished',
    detail: `${status}, ${partsText(Number(parts))} sent`,
  }),
};

const partsText = (count: number): string => (count === 1 ? '1 part' : `${count} parts`);

/** The steps that the log tells of a message. */
export function logSteps({ own, messageSid }: MessageEvidence): TimedStep[] {
  const first = own.find(({ fields }) => fields.message_sid === messageSid);
  const received: TimedStep[] = first
    ? [{ kind: 'received', source: 'log', atMillis: first.atMillis, detail: 'by the webhook' }]
    : [];
  return [...received, ...own.flatMap(stepOf)];
}

function stepOf({ message, fields, atMillis }: LogEvidence): TimedStep[] {
  const words = LINES[message]?.(fields);
  if (!words) return [];
  const { kind, detail } = words;
  const [rule, part, attempt] = [asText(fields.rule), asNumber(fields.part), asNumber(fields.attempt)];
  return [
    {
      kind,
      source: 'log',
      atMillis,
      ...(attempt !== undefined && { attempt }),
      ...(part !== undefined && { part }),
      ...(rule !== undefined && { rule }),
      ...(detail !== undefined && detail !== '' && { detail }),
    },
  ];
}
