import { type FormFields, fieldOf, parseForm } from '../channels/twilio/form.ts';
import type { HttpRequest } from '../core/http-event.ts';
import { asNumber, asRecord } from '../core/json.ts';
import { isTooLong, normaliseAddress } from './address.ts';
import { RepliesError } from './errors.ts';
import { loggedSid } from './log-fields.ts';

/** One request of the webhook function. */
export interface Arrival {
  readonly event: unknown;
  readonly request: HttpRequest;
  /** When the gateway took it. */
  readonly receivedMillis: number;
  readonly traceparent: string;
}

/** The gateway's own time, REST or HTTP API; undefined when it tells none. */
export function gatewayMillis(event: unknown): number | undefined {
  const { requestTimeEpoch, timeEpoch } = asRecord(asRecord(event).requestContext);
  return asNumber(requestTimeEpoch) ?? asNumber(timeEpoch);
}

/** The form of a request; throws `RepliesError` (PARSING_ERROR). */
export function readForm({ headers, rawBody }: HttpRequest): FormFields {
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const fields = contentType === 'application/x-www-form-urlencoded' ? parseForm(rawBody) : undefined;
  if (!fields) throw unreadable('The body is not a form');
  return fields;
}

export const unreadable = (fault: string) => new RepliesError('PARSING_ERROR', fault, 'permanent');

/** An address of a form without its prefix; throws `RepliesError` (PARSING_ERROR). */
export function readAddress(raw: string): string {
  const address = normaliseAddress(raw);
  if (address === undefined) throw unreadable('From or To is no address');
  if (isTooLong(address)) throw unreadable('From or To is longer than any address');
  return address;
}

/** The sid that a form names, for log lines. */
export const sidFields = (fields: FormFields) => ({ message_sid: loggedSid(fieldOf(fields, 'MessageSid')) });
