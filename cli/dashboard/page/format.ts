import { make } from '../../page/dom.ts';
import type { UsageSum } from '../views.ts';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const withDay = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** A time in the reader's zone; UTC stands in the title. */
export function timeElement(iso: string, style: 'full' | 'clock' | 'short' = 'full'): HTMLElement {
  const millis = Date.parse(iso);
  if (Number.isNaN(millis)) return make('span', {}, iso || 'time unknown');
  const format = { full, clock, short: withDay }[style];
  return make(
    'time',
    { datetime: iso, title: `${iso.replace('T', ' ').replace('Z', '')} UTC` },
    format.format(millis),
  );
}

/** `in 12 min`, `3 h ago`. */
export function relative(iso: string): string {
  const seconds = Math.round((Date.parse(iso) - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
  const size = Math.abs(seconds);
  if (size < 60) return words.format(seconds, 'second');
  if (size < 3600) return words.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}

/** US dollars: cents are too coarse for one message. */
export function money(usd: number | undefined): string {
  if (usd === undefined) return 'no known price';
  if (usd === 0) return '$0';
  return `$${usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(usd < 1 ? 4 : 2)}`;
}

const whole = new Intl.NumberFormat();

export const count = (value: number): string => whole.format(value);

export const bytes = (value: number): string =>
  value < 1024
    ? `${value} B`
    : value < 1_048_576
      ? `${Math.round(value / 1024)} KB`
      : `${(value / 1_048_576).toFixed(1)} MB`;

/** `120 in, 30 out, $0.0042`. */
export const usageText = ({ tokensIn, tokensOut, costUsd }: UsageSum): string =>
  `${count(tokensIn)} in, ${count(tokensOut)} out, ${money(costUsd)}`;

/** `1 row`, `2 rows`. */
export const many = (value: number, word: string): string =>
  `${count(value)} ${word}${value === 1 ? '' : 's'}`;
