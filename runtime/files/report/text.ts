/** How values are written in reports (contract files §7). */

const MAX_SHOWN = 200;
export const MASK = '•••';

/** A value as reports quote it: at most 200 characters, and nothing of a sensitive field. */
export function shown(value: string | null, isSensitive: boolean): string {
  if (value === null) return '';
  if (isSensitive) return MASK;
  const characters = Array.from(value.slice(0, 2 * MAX_SHOWN + 2));
  return characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join('')}…` : value;
}

const two = (count: number) => String(count).padStart(2, '0');

/** `HH:MM:SS`; hours go beyond 24. */
export function duration(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1000));
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A rate of 0 to 100 with at most two decimals, as a number. */
export const roundRate = (rate: number): number => Math.round(rate * 100) / 100;

/** Text for HTML, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Text for XML: as HTML, without the characters that XML cannot hold. */
export const escapeXml = (text: string): string =>
  escapeHtml(
    text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD'),
  );
