import type { Channel, ConsoleMessage, MessageState } from '../model.ts';

export const CHANNEL_NAMES: Readonly<Record<Channel, string>> = {
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
};
export const PROVIDER_NAMES: Readonly<Record<Channel, string>> = {
  whatsapp: 'the Graph API',
  telegram: 'the Bot API',
};

/** `312 ms`, `4.2 s`, `1:03 min`. */
export function duration(millis: number): string {
  if (millis < 1000) return `${Math.max(0, Math.round(millis))} ms`;
  if (millis < 60_000) return `${(millis / 1000).toFixed(millis < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(millis / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });

/** Hours and minutes, as chats show them. */
export const timeOfDay = (millis: number): string => clock.format(millis);

const clockWithSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });

/** To the second, where minutes say too little. */
export const timeWithSeconds = (millis: number): string => clockWithSeconds.format(millis);

const STATES: Readonly<Record<MessageState, string>> = {
  sending: 'Sending',
  working: 'Being worked on',
  answered: 'Answered',
  ignored: 'Not answered',
  waiting: 'Failed, comes back',
  dead: 'In the dead-letter queue',
  refused: 'Reply refused, kept for an operator',
  rejected: 'Webhook not taken',
};

/** How a message stands, in a few words. */
export function stateText({ state, replies, atMillis }: ConsoleMessage): string {
  const first = replies[0];
  return state === 'answered' && first ? `Answered in ${duration(first.atMillis - atMillis)}` : STATES[state];
}

const TONES: Readonly<Record<MessageState, string>> = {
  sending: 'info',
  working: 'info',
  answered: 'good',
  ignored: 'warn',
  waiting: 'warn',
  dead: 'bad',
  refused: 'bad',
  rejected: 'bad',
};

export const stateTone = ({ state }: ConsoleMessage): string => TONES[state];

/** A long text, cut where a line of the page ends. */
export const excerpt = (text: string, length = 90): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
