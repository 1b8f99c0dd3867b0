// The package's main file loads its whole client: 20 times the time of this one.
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import type { FormFields } from './form.ts';

/** A request that says it comes from Twilio. */
export interface SignedRequest {
  /** `X-Twilio-Signature`. */
  readonly signature: string | undefined;
  /** The addresses that may have been signed (`signedUrls`). */
  readonly urls: readonly string[];
  readonly fields: FormFields;
}

/**
 * Characters of forms that are signed for one request, all addresses together: the longest text of WhatsApp under every
 * order of a query. Anybody may post a form.
 */
const MAX_COMPUTED = 2_000_000;

/** Whether one of the tokens signed the request: the primary one, and during a rotation its successor. */
export function isSignedByTwilio(
  { signature, urls, fields }: SignedRequest,
  tokens: readonly string[],
): boolean {
  if (!signature) return false;
  const params = signedParams(fields);
  const size = fields.reduce((sum, [name, value]) => sum + name.length + value.length, 1);
  const likely = urls.slice(0, Math.max(1, Math.floor(MAX_COMPUTED / size)));
  return tokens
    .filter((token) => token !== '')
    .some((token) =>
      likely.some((url) => URL.canParse(url) && validateRequest(token, signature, url, params)),
    );
}

/** Every value of every name. Without a prototype, since a form may name anything. */
function signedParams(fields: FormFields): Record<string, string[]> {
  const params: Record<string, string[]> = Object.create(null);
  for (const [name, value] of fields) {
    params[name] ??= [];
    params[name].push(value);
  }
  return params;
}
