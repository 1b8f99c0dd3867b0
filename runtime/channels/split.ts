/** Longest text of one message on both platforms, in UTF-16 units (contract bot §16.8, §17.6). */
export const MAX_TEXT_UNITS = 4096;
/** Longest caption of a medium, and longest text with buttons on WhatsApp. */
export const MAX_CAPTION_UNITS = 1024;

const FENCE = '```';

/**
 * Cuts a long text into messages: at a paragraph, else a line, a sentence, a space, else hard but never
 * inside a character. A code fence that a cut leaves open is closed and opened again behind it.
 * The first message may have a limit of its own, as a caption has.
 */
export function splitText(text: string, maxUnits = MAX_TEXT_UNITS, firstMaxUnits = maxUnits): string[] {
  const chunks: string[] = [];
  let rest = text;
  for (let limit = firstMaxUnits; rest.length > limit; limit = maxUnits) {
    const { head, tail } = cut(rest, limit);
    const fence = openFence(head);
    if (fence === undefined) {
      chunks.push(head);
      rest = tail;
    } else {
      // Cut again with room for the closing fence.
      const shorter = cut(rest, limit - FENCE.length - 1);
      const stillOpen = openFence(shorter.head);
      chunks.push(stillOpen === undefined ? shorter.head : `${shorter.head}\n${FENCE}`);
      rest = stillOpen === undefined ? shorter.tail : `${stillOpen}\n${shorter.tail}`;
    }
  }
  // Platforms refuse a message of blanks alone.
  return [...chunks, rest].filter((chunk) => chunk.trim() !== '');
}

/** The fence that is open at the end of the text, with the first characters of its language. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const fence = line.match(/^\s*(```\w{0,15})/)?.[1];
    if (fence !== undefined) open = open === undefined ? fence : undefined;
  }
  return open;
}

function cut(text: string, maxUnits: number): { head: string; tail: string } {
  // A cut in the first half would make many small messages, and each one costs.
  const place = wordCut(text, maxUnits, maxUnits / 2);
  if (place !== undefined)
    return { head: text.slice(0, place).trimEnd(), tail: text.slice(place).trimStart() };
  const end = characterCut(text, maxUnits);
  return { head: text.slice(0, end), tail: text.slice(end) };
}

/**
 * Where to cut a text that is longer than `maxUnits`: behind the last paragraph that ends after `minUnits`, else
 * a line, a sentence, a blank. Undefined when there is none of these.
 */
export function wordCut(text: string, maxUnits: number, minUnits: number): number | undefined {
  const window = text.slice(0, maxUnits);
  for (const pattern of [/\n\s*\n/g, /\n/g, /[.!?…]\s/g, /\s/g]) {
    const place = lastMatchEnd(window, pattern);
    if (place > minUnits) return place;
  }
  return undefined;
}

/** Longer ones are no characters that a person types, and may be cut. */
const MAX_GRAPHEME_UNITS = 100;

/** The last place within `maxUnits` that is not inside a character as readers see it: an emoji with its joins. */
export function characterCut(text: string, maxUnits: number): number {
  // Made here: the first one loads tables, which a cold start need not wait for.
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const start = graphemes.segment(text.slice(0, maxUnits + MAX_GRAPHEME_UNITS)).containing(maxUnits)?.index;
  if (start !== undefined && start > maxUnits - MAX_GRAPHEME_UNITS && start > 0) return start;
  return isHighSurrogate(text.charCodeAt(maxUnits - 1)) ? maxUnits - 1 : maxUnits;
}

function lastMatchEnd(text: string, pattern: RegExp): number {
  let end = -1;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
