/** The fields of a form in their order, with blank values and repeated names. */
export type FormFields = readonly (readonly [name: string, value: string])[];

/** Far more than Twilio sends. Anybody may call, and what cannot be Twilio's must not cost seconds before its signature is checked. */
const MAX_FIELDS = 500;
const MAX_BYTES = 1024 * 1024;

/** Reads `application/x-www-form-urlencoded` bytes; undefined when they are not that in UTF-8, or more than any form of Twilio. */
export function parseForm(rawBody: Buffer): FormFields | undefined {
  if (rawBody.length > MAX_BYTES) return undefined;
  const pairs = rawBody.toString('latin1').split('&').filter(Boolean);
  if (pairs.length > MAX_FIELDS) return undefined;
  try {
    return pairs.map(readPair);
  } catch {
    return undefined;
  }
}

function readPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
}

/** Throws where an escape is broken, or where the bytes are no UTF-8. */
function decode(text: string): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  return decodeURIComponent(utf8.replaceAll('+', ' '));
}

/** The first value of a name; undefined when it is not there, an empty text when it is blank. */
export const fieldOf = (fields: FormFields, name: string): string | undefined =>
  fields.find(([key]) => key === name)?.[1];
