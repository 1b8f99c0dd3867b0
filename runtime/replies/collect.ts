import { isSameAddress } from './address.ts';
import { RepliesError } from './errors.ts';
import type { StagedRow } from './staged.ts';

export interface CollectLimits {
  /** Message sids that the record knows as dealt with. */
  readonly processedSids: ReadonlySet<string>;
  /** The user's address, as the trigger names it. */
  readonly primaryChannel: string;
  /** `MAX_BATCH_CHARS`. */
  readonly maxChars: number;
}

export interface Collected {
  /** The rows of the next turn, in order of arrival; empty when there is nothing to do. */
  readonly rows: readonly StagedRow[];
  /** Sids of rows whose turn is over and whose deletion failed then. */
  readonly leftOver: readonly string[];
  /** The user's last wish is to be left alone, and the record does not say so yet. */
  readonly isStopped: boolean;
}

/** The record remembers 200 sids: those of a turn must be among them until its rows are deleted. */
const MAX_ROWS = 100;

/**
 * Chooses what a turn answers, of rows in order of arrival: as many rows of the channel's route as fit, at least one
 * and at most 100 (contract replies §3.2 steps 5 and 6). Rows of other routes are the sweeper's. Throws hold when a row is another user's.
 */
export function collect(staged: readonly StagedRow[], limits: CollectLimits): Collected {
  const { processedSids, primaryChannel, maxChars } = limits;
  const leftOver = staged.filter((row) => processedSids.has(row.messageSid)).map((row) => row.messageSid);
  const open = staged.filter((row) => row.route === 'channel' && !processedSids.has(row.messageSid));
  if (open.some((row) => !isSameAddress(row.primaryChannel, primaryChannel)))
    throw new RepliesError(
      'CHANNEL_MISMATCH',
      'A staged message names another user than its trigger; remove or correct the row, then redrive the trigger',
      'hold',
    );
  const rows: StagedRow[] = [];
  let chars = 0;
  for (const row of open) {
    chars += rowText(row).length + 1;
    if (rows.length === MAX_ROWS || (rows.length > 0 && chars - 1 > maxChars)) break;
    rows.push(row);
  }
  return { rows, leftOver, isStopped: asksToStop(staged, processedSids) };
}

/** Whether the user's last wish among rows in order of arrival, of those that the record does not know, is to be left alone. */
export function asksToStop(staged: readonly StagedRow[], processedSids: ReadonlySet<string>): boolean {
  const asked = staged.filter(({ messageSid, wish }) => !processedSids.has(messageSid) && isWish(wish));
  return asked.at(-1)?.wish === 'out';
}

const isWish = (wish: StagedRow['wish']): boolean => wish === 'out' || wish === 'in';

/** A model refuses an empty message. */
const NO_TEXT = '[message without text]';

/** What a row says in text: its body or button, and a line in brackets for a place and for each medium, or for nothing. */
export function rowText({ body, button, location, media }: StagedRow): string {
  const lines = [body || (button?.text ?? ''), locationLine(location), ...media.map(mediaLine)];
  return lines.filter((line) => line.trim() !== '').join('\n') || NO_TEXT;
}

const mediaLine = ({ contentType }: StagedRow['media'][number]): string => `[media ${contentType}]`;

function locationLine(location: StagedRow['location']): string {
  if (!location) return '';
  const { latitude, longitude, label, address } = location;
  return `[${[`location ${latitude}, ${longitude}`, label, address].filter(Boolean).join('; ')}]`;
}

const CUT_MARK = '\n[the message is longer and was cut here]';

/** The text as the model gets it: cut, with a mark, where one message alone is too long. The record keeps it whole. */
export function textForModel(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = text.slice(0, Math.max(1, maxChars - CUT_MARK.length));
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}${CUT_MARK}`;
}
