import { characterCut, wordCut } from '../split.ts';

/** Longest part, in UTF-16 units: Twilio's limit is 1600 characters, of which some count as several. */
export const MAX_PART_UNITS = 1500;
/** Where Twilio found a part too long all the same: no character counts as more than two of these. */
export const SMALL_PART_UNITS = 750;

/** The share of a part that later cuts need to find the end of a word without one part more. */
const SLACK = 1 / 15;

/**
 * Cuts a reply into the fewest parts, each billed on its own: at a paragraph, else a line, a sentence, a word, never
 * inside a character. Joined, the parts are the reply; only parts of nothing but blanks are left out.
 */
export function splitReply(text: string, maxUnits = MAX_PART_UNITS): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > maxUnits) {
    const place = cutPlace(rest, maxUnits);
    parts.push(rest.slice(0, place));
    rest = rest.slice(place);
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}

function cutPlace(text: string, maxUnits: number): number {
  const usual = maxUnits * (1 - SLACK);
  const fewest = Math.ceil(text.length / usual);
  const earliest = text.length - (fewest - 1) * usual;
  return (
    wordCut(text, maxUnits, earliest) ?? wordCut(text, maxUnits, maxUnits / 2) ?? characterCut(text, maxUnits)
  );
}
