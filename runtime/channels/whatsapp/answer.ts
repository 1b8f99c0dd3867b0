import { type ErrorClass, SendError } from '../../core/errors.ts';
import type { ProviderAnswer } from '../http.ts';

/** The accepted message's id, or what the refusal means. */
export function messageId(answer: ProviderAnswer): string {
  const messages = answer.body?.messages as readonly { readonly id?: unknown }[] | undefined;
  const id = messages?.[0]?.id;
  if (answer.status < 300 && typeof id === 'string') return id;
  throw refused(answer);
}

/** The id of an upload, or what the refusal means. */
export function uploadId(answer: ProviderAnswer): string {
  const id = answer.body?.id;
  if (answer.status < 300 && typeof id === 'string') return id;
  throw refused(answer);
}

function refused({ status, body, retryAfterSeconds }: ProviderAnswer): SendError {
  const error = body?.error as { readonly code?: number } | undefined;
  const code = error?.code ?? status;
  const details = { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return new SendError(
    `WhatsApp did not accept the message: ${status}, code ${code}`,
    classify(status, error),
    details,
  );
}

// "Too many": application, business account, number, pair of numbers, spam (contract bot §16.9).
const RATE_CODES = new Set([4, 80007, 130429, 131048, 131056]);
// An operator can mend these: permission, expired token, policy block, access, account, payment, registration.
const HOLD_CODES = new Set([10, 190, 368, 131005, 131031, 131042, 131045, 133010]);

/** What an answer of Graph that is not a "yes" means. */
export function classify(status: number, error: { readonly code?: number } | undefined): ErrorClass {
  if (status === 401 || (error?.code !== undefined && HOLD_CODES.has(error.code))) return 'hold';
  if (status === 429 || (error?.code !== undefined && RATE_CODES.has(error.code))) return 'transient';
  if (status >= 500) return error ? 'transient' : 'unclear';
  if (status >= 400) return error ? 'permanent' : 'hold'; // not Graph's own words: a proxy or a wrong address
  return 'unclear'; // it said yes, but not what it accepted
}
