import { createHash } from 'node:crypto';
import type { Answer } from './fault.ts';

/** HTTP status, type and words of the errors that bots meet most. */
const ERRORS: Readonly<Record<number, { status: number; type?: string; message: string; details?: string }>> =
  {
    2: { status: 503, message: 'An unexpected error has occurred. Please retry your request later.' },
    4: { status: 400, message: 'Application request limit reached' },
    100: { status: 400, message: 'Invalid parameter' },
    190: { status: 401, message: 'Error validating access token: Session has expired.' },
    80007: { status: 400, message: 'Rate limit issues' },
    130429: {
      status: 429,
      message: 'Rate limit hit',
      details: 'Cloud API message throughput has been reached.',
    },
    131000: {
      status: 500,
      message: 'Something went wrong',
      details: 'Message failed to send due to an unknown error.',
    },
    131009: { status: 400, message: 'Parameter value is not valid' },
    131026: { status: 400, message: 'Message undeliverable', details: 'Message Undeliverable.' },
    131047: {
      status: 400,
      message: 'Re-engagement message',
      details: 'More than 24 hours have passed since the customer last replied to this number.',
    },
    131056: {
      status: 400,
      message: '(Business Account, Consumer Account) pair rate limit hit',
      details: 'Too many messages sent from this phone number to the same phone number in a short time.',
    },
  };

/** An error answer of the Graph API. */
export function graphError(
  code: number,
  overrides: { status?: number; subcode?: number; message?: string } = {},
): Answer {
  const known = ERRORS[code] ?? { status: 400, message: 'Unknown error' };
  const message = overrides.message ?? known.message;
  const error = {
    message: code === 190 || overrides.message ? message : `(#${code}) ${message}`,
    type: 'OAuthException',
    code,
    ...(overrides.subcode !== undefined && { error_subcode: overrides.subcode }),
    ...(known.details && { error_data: { messaging_product: 'whatsapp', details: known.details } }),
    fbtrace_id: createHash('sha256').update(`${code}${message}`).digest('base64url').slice(0, 23),
  };
  return { status: overrides.status ?? known.status, json: { error } };
}
