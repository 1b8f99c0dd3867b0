import { randomBytes } from 'node:crypto';

// W3C Trace Context: version, trace id, parent id, flags; ids of only zeros are invalid.
const WELL_FORMED = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export const isTraceparent = (value: string | undefined): value is string =>
  value !== undefined && WELL_FORMED.test(value);

/** The request's `traceparent` if it is well-formed, else a new one. */
export function traceparentOf(header: string | undefined): string {
  const value = header?.trim();
  if (isTraceparent(value)) return value;
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** The trace id inside a `traceparent`, for log lines. */
export const traceIdOf = (traceparent: string): string => traceparent.split('-')[1] ?? '';
