import { type FormFields, fieldOf } from './form.ts';

/** What Twilio reports of a message that we sent (contract replies §12.7). Addresses are as sent, prefix included. */
export interface StatusCallback {
  readonly messageSid: string;
  readonly accountSid: string;
  /** In lower case; may be one that has no rank here. */
  readonly status: string;
  readonly errorCode?: number;
  /** The company's side. */
  readonly from: string;
  /** The user's side. */
  readonly to: string;
}

/** Undefined when a field is missing. */
export function readStatusCallback(fields: FormFields): StatusCallback | undefined {
  const [messageSid, accountSid, status, from, to] = [
    'MessageSid',
    'AccountSid',
    'MessageStatus',
    'From',
    'To',
  ].map((name) => fieldOf(fields, name));
  if (!messageSid || !accountSid || !status || !from || !to) return undefined;
  const code = Number(fieldOf(fields, 'ErrorCode') || Number.NaN);
  const errorCode = Number.isInteger(code) && code > 0 ? { errorCode: code } : {};
  return { messageSid, accountSid, status: status.toLowerCase(), from, to, ...errorCode };
}

const RISING = ['accepted', 'scheduled', 'queued', 'sending', 'sent', 'delivered', 'read'];
const FAILED: ReadonlySet<string> = new Set(['failed', 'undelivered']);

/**
 * The statuses that a later one may replace, for the write's condition. Callbacks come in any order, so a status only
 * rises; a failure is final, and does not undo what has arrived. Empty for a status without a rank. `isOfSeveral`:
 * what is known may be of another message of the same reply, whose arrival does not outweigh this one's failure.
 */
export function statusesBelow(status: string, isOfSeveral = false): readonly string[] {
  if (isOfSeveral && FAILED.has(status)) return RISING;
  const rank = RISING.indexOf(FAILED.has(status) ? 'delivered' : status);
  return rank < 0 ? [] : RISING.slice(0, rank);
}

/** Whether a status replaces what is known; the first one with a rank replaces nothing known. */
export const supersedes = (status: string, known: string | undefined, isOfSeveral = false): boolean =>
  known === undefined
    ? RISING.includes(status) || FAILED.has(status)
    : statusesBelow(status, isOfSeveral).includes(known);

/** Whether Twilio gave the message up. */
export const isFailedStatus = (status: string): boolean => FAILED.has(status);

/** Which part of which turn a message is; parts count from 1. */
export interface PartMark {
  readonly turnId: string;
  readonly part: number;
}

/** The address that Twilio reports a part's delivery to. */
export const statusCallbackUrl = (statusUrl: string, { turnId, part }: PartMark): string =>
  `${statusUrl}${statusUrl.includes('?') ? '&' : '?'}turn=${encodeURIComponent(turnId)}&part=${part}`;

/** The mark in a callback's query; undefined when there is none. */
export function readPartMark(query: Readonly<Record<string, string>>): PartMark | undefined {
  const part = Number(query.part);
  return query.turn && Number.isInteger(part) && part > 0 ? { turnId: query.turn, part } : undefined;
}
