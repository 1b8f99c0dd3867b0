import { asText } from '../../core/json.ts';
import type { LogEvidence } from '../../core/trace/reading.ts';
import { UnclearSendHeldError } from '../../core/turn.ts';
import { attemptNumbers } from './attempts.ts';
import type { MessageEvidence } from './evidence.ts';

/** What the evidence comes to, whichever source told it. */
export interface Facts {
  readonly wasHandedOff: boolean;
  readonly handOffFailures: number;
  readonly wasClaimed: boolean;
  /** The rule that decided; undefined: not decided, or not known. */
  readonly decidedBy: string | undefined;
  readonly carriedBy: string | undefined;
  /** Parts of the reply; undefined when no source tells. */
  readonly parts: number | undefined;
  /** Parts that the platform took. */
  readonly accepted: number;
  /** Parts that were sent again without knowing that the first time had failed. */
  readonly repeated: readonly number[];
  readonly isDone: boolean;
  readonly wasResumed: boolean;
  /** The part that waits for a person. */
  readonly heldPart: number | undefined;
  /** Error of the part that the platform refused for good. */
  readonly refusal: string | undefined;
  /** Deliveries that were skipped because the event was done. */
  readonly skips: number;
  readonly attempts: number;
  /** The rule that last ignored it, in either hop. */
  readonly ignoredBy: string | undefined;
  readonly lastFailure: { readonly rule: string | undefined; readonly error: string | undefined } | undefined;
  /** The last run of the worker has an end. */
  readonly lastRunEnded: boolean;
  readonly isDead: boolean;
  readonly isErrorTold: boolean;
  /** Codes and words of what could not be delivered. */
  readonly undelivered: string | undefined;
}

/** Ends of a run that leave nothing to be done. */
const FINAL: ReadonlySet<unknown> = new Set(['answered', 'resumed', 'refused', 'done']);

export function factsOf(evidence: MessageEvidence): Facts {
  const { lines, ledger, delivery, deadLetters, captured } = evidence;
  const of = (message: string) => lines.filter((line) => line.message === message);
  const ends = of('worker_job_finished');
  const decided = of('turn_decided').at(-1)?.fields;
  const failed = ends.filter(({ fields }) => fields.status === 'failed').at(-1)?.fields;
  const attemptOf = attemptNumbers(lines);
  const parts = partsOf(evidence, decided?.parts);
  const decidedBy = ledger?.rule ?? asText(decided?.rule);
  const isDone =
    delivery?.isDone === true ||
    ends.some(({ fields }) => FINAL.has(fields.status)) ||
    (decidedBy !== undefined && parts === 0);
  const workerLines = lines.filter(({ fields }) => fields.attempt !== undefined);
  return {
    wasHandedOff:
      of('job_handed_off').length + workerLines.length + deadLetters.length > 0 || ledger !== undefined,
    handOffFailures: of('hand_off_failed').length,
    wasClaimed: workerLines.length > 0,
    decidedBy,
    carriedBy: ledger?.carriedBy,
    parts,
    accepted: acceptedParts(evidence).size,
    repeated: repeatedParts(lines),
    isDone,
    wasResumed: ends.some(({ fields }) => fields.status === 'resumed'),
    heldPart: isDone ? undefined : heldPart(evidence),
    refusal: refusal(evidence),
    skips: ends.filter(({ fields }) => fields.status === 'done').length,
    attempts: Math.max(0, ...workerLines.map(({ fields }) => attemptOf(fields.attempt) ?? 0)),
    ignoredBy: asText(lines.filter(isIgnored).at(-1)?.fields.rule),
    lastFailure: failed && { rule: asText(failed.rule), error: asText(failed.error) },
    lastRunEnded: ends.some(({ fields }) => fields.attempt === workerLines.at(-1)?.fields.attempt),
    isDead: deadLetters.length > 0,
    isErrorTold: delivery?.isErrorTold === true,
    undelivered: captured.findLast(({ reason }) => reason === 'status_failed')?.error,
  };
}

const isIgnored = ({ message, fields }: LogEvidence): boolean =>
  message === 'event_ignored' || (message === 'worker_job_finished' && fields.status === 'ignored');

/** A stored reply is emptied once it is delivered; then only the log or the item tells how long it was. */
function partsOf(evidence: MessageEvidence, logged: unknown): number | undefined {
  const { ledger, delivery } = evidence;
  const accepted = acceptedParts(evidence);
  const known = Math.max(ledger?.parts ?? 0, Number(logged) || 0, ...accepted);
  if (known > 0) return known;
  return ledger || logged !== undefined || delivery ? 0 : undefined;
}

function acceptedParts({ lines, delivery }: MessageEvidence): ReadonlySet<number> {
  const logged = lines
    .filter(({ message }) => message === 'part_accepted')
    .map(({ fields }) => Number(fields.part));
  return new Set([...logged, ...(delivery?.accepted.keys() ?? [])]);
}

/** Begun again, and nothing between said that the platform did not take it. */
function repeatedParts(lines: readonly LogEvidence[]): number[] {
  const open = new Set<number>();
  const repeated = new Set<number>();
  for (const { message, fields } of lines) {
    const part = Number(fields.part);
    if (message === 'turn_failed' && fields.stage === 'send' && fields.error_class !== 'unclear')
      open.delete(part);
    if (message !== 'part_begun') continue;
    if (open.has(part)) repeated.add(part);
    open.add(part);
  }
  return [...repeated];
}

/** Held since: nothing settled the part afterwards. */
function heldPart({ captured, lines, delivery }: MessageEvidence): number | undefined {
  const held = captured.findLast(({ reason }) => reason === 'send_unclear')?.part ?? loggedHeldPart(lines);
  if (held === undefined) return undefined;
  const isSettled = delivery?.accepted.has(held) || delivery?.refusedAtMillis.has(held);
  return isSettled ? undefined : held;
}

/** When the captured object cannot be read, the error's name tells. */
function loggedHeldPart(lines: readonly LogEvidence[]): number | undefined {
  const name = new UnclearSendHeldError(0).name;
  const line = lines.findLast(
    ({ message, fields }) => message === 'turn_failed' && asText(fields.error)?.startsWith(name),
  );
  return line && Number(line.fields.part);
}

function refusal({ captured, lines }: MessageEvidence): string | undefined {
  // Without a part it is no refusal: a rule kept what nobody will be told.
  const kept = captured.findLast(({ reason, part }) => reason === 'send_failed' && part !== undefined);
  if (kept) return kept.error;
  const isRefused = lines.some(({ fields }) => fields.status === 'refused');
  if (!isRefused) return undefined;
  const failure = lines.findLast(
    ({ message, fields }) => message === 'turn_failed' && fields.stage === 'send',
  );
  return asText(failure?.fields.error) ?? 'the log does not say why';
}
