/** How values are written in reports (contract files §7). */

const two = (count: number) => String(count).padStart(2, '0');

/** `HH:MM:SS`; hours go beyond 24. */
export function duration(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1000));
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Text for HTML, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Text for XML: as HTML, without the characters that XML cannot hold. */
export const escapeXml = (text: string): string =>
  escapeHtml(
    text.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD'),
  );
