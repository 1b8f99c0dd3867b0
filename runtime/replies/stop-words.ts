import type { StopWords } from './config.ts';

/** What a message says about being written to; `told`: Twilio has answered it already, and it asks for nothing. */
export const WISHES = ['out', 'in', 'told'] as const;
export type Wish = (typeof WISHES)[number];

/** A message's text, and Twilio's own verdict when its Advanced Opt-Out has handled it. */
export interface SaidText {
  readonly body: string;
  /** `STOP`, `START` or `HELP`. */
  readonly optOutType?: string | undefined;
}

/**
 * The wish that a message states with its only word; nothing for every other message. Twilio's verdict wins, as it
 * knows keywords of its own. HELP and INFO are messages like any other unless Twilio has answered them.
 */
export function wishOf(
  { body, optOutType }: SaidText,
  optedOut: boolean,
  words: StopWords,
): Wish | undefined {
  const verdict = optOutType?.trim().toUpperCase();
  if (verdict === 'STOP') return 'out';
  if (verdict === 'START') return 'in';
  if (verdict) return 'told';
  const word = asStopWord(body);
  if (words.out.includes(word)) return 'out';
  return optedOut && words.in.includes(word) ? 'in' : undefined;
}

/** A word as the lists hold it. */
const asStopWord = (text: string): string => text.trim().normalize('NFC').toUpperCase();
