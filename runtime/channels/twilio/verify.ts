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

/** Whether one of the tokens signed the request: the primary one, and during a rotation its successor. */
export function isSignedByTwilio(
  { signature, urls, fields }: SignedRequest,
  tokens: readonly string[],
): boolean {
  if (!signature) return false;
  const params = signedParams(fields);
  return tokens
    .filter((token) => token !== '')
    .some((token) => urls.some((url) => URL.canParse(url) && validateRequest(token, signature, url, params)));
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
