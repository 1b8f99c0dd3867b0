/** The fields of a form in their order, with blank values and repeated names. */
export type FormFields = readonly (readonly [name: string, value: string])[];

/** Reads `application/x-www-form-urlencoded` bytes; undefined when they are not that in UTF-8. */
export function parseForm(rawBody: Buffer): FormFields | undefined {
  try {
    return rawBody.toString('latin1').split('&').filter(Boolean).map(readPair);
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
