/** A user's or company's address on a channel, and the two forms in which records hold it (contract replies §4.1). */

const PREFIX = 'whatsapp:';
/** WhatsApp's business-scoped user id: two letters, a dot, letters and digits (contract replies §12.2). */
const SCOPED_ID = /^[A-Z]{2}\.[A-Za-z0-9]+$/;

const withoutPrefix = (raw: string): string => raw.trim().replace(/^(whatsapp:\s*)+/i, '');

/**
 * `whatsapp:+1 500 555 0006` → `+15005550006`; a scoped id (`CC.abc`) and an e-mail address stay as they are.
 * Undefined when nothing of an address is left.
 */
export function normaliseAddress(raw: string): string | undefined {
  const bare = withoutPrefix(raw);
  if (SCOPED_ID.test(bare) || bare.includes('@')) return bare;
  const digits = bare.replace(/\D/g, '');
  if (digits === '') return undefined;
  return bare.startsWith('+') ? `+${digits}` : digits;
}

/** Digits of a number are 15 at the most; a scoped id has up to 128 characters behind its country. */
const MAX_LENGTH = 64;
const MAX_SCOPED_LENGTH = 131;

/** Whether it is longer than any address; anybody may write one into a form. Takes a normalised address. */
export const isTooLong = (address: string): boolean =>
  address.length > (SCOPED_ID.test(address) ? MAX_SCOPED_LENGTH : MAX_LENGTH);

/** Whether two addresses mean the same person, in whatever form they are written. */
export const isSameAddress = (a: string, b: string): boolean => {
  const [left, right] = [normaliseAddress(a), normaliseAddress(b)];
  return left !== undefined && left === right;
};

/** The forms in which a table may hold the address: as given first, then the other. */
export function keyForms(address: string): readonly [string, string] {
  const given = address.trim();
  const plain = normaliseAddress(given) ?? given;
  const prefixed = `${PREFIX}${plain}`;
  return given.toLowerCase().startsWith(PREFIX) ? [given, plain] : [given, prefixed];
}
