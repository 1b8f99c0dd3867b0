import { setTimeout as delay } from 'node:timers/promises';
import { isOpen, type MessageBook } from './book.ts';
import type { QueueDepth } from './model.ts';
import type { ConsoleBot, LogRecord } from './ports.ts';

/** Pauses between two looks: the stand-ins are in this process, the rest is asked over HTTP. */
const CALLS_MILLIS = 50;
const BUSY_MILLIS = 250;
const IDLE_MILLIS = 3000;
/** Lines of an event may still come after its end was seen. */
const LINGER_MILLIS = 4000;
/** The log service may take lines in out of order. */
const OVERLAP_MILLIS = 5000;
const MAX_SEEN_LINES = 5000;

export interface WatchOptions {
  readonly bot: ConsoleBot;
  readonly book: MessageBook;
  /** Whether a page listens; nobody is asked anything for nobody. */
  readonly isWatched: () => boolean;
  readonly onDepth: (depth: QueueDepth) => void;
  /** Since when logs and queues cannot be read, milliseconds since 1970; undefined: they can again. */
  readonly onStale: (sinceMillis: number | undefined) => void;
  /** A fault of the menu was played. */
  readonly onFault: (kind: string) => void;
  readonly signal: AbortSignal;
}

/** Follows one bot until the signal: what its platform was asked, what its functions log, what its queues hold. */
export function watchBot(options: WatchOptions): void {
  void repeat(options.signal, () => CALLS_MILLIS, callReader(options));
  const look = tellingFailure(cloudReader(options), options);
  void repeat(options.signal, () => (isBusy(options) ? BUSY_MILLIS : IDLE_MILLIS), look);
}

/** A look that fails is taken again later: the emulator may just be ending or starting. Until then it is said. */
function tellingFailure(look: () => Promise<void>, { onStale }: WatchOptions): () => Promise<void> {
  let newsMillis = Date.now();
  return async () => {
    try {
      await look();
      newsMillis = Date.now();
      onStale(undefined);
    } catch {
      onStale(newsMillis);
    }
  };
}

async function repeat(signal: AbortSignal, pauseMillis: () => number, look: () => Promise<void>) {
  while (!signal.aborted) {
    await look();
    for (let waited = 0; waited < pauseMillis() && !signal.aborted; waited += CALLS_MILLIS)
      await delay(CALLS_MILLIS, undefined, { ref: false });
  }
}

function isBusy({ bot, book }: WatchOptions): boolean {
  const recent = Date.now() - LINGER_MILLIS;
  return book
    .all()
    .some(
      (message) =>
        message.channel === bot.channel &&
        (isOpen(message) || (message.steps.at(-1)?.atMillis ?? 0) > recent),
    );
}

function callReader({ bot, book, onFault }: WatchOptions) {
  let last = bot.standIn.calls.at(-1)?.sequence ?? 0;
  return async () => {
    for (const call of bot.standIn.calls.filter(({ sequence }) => sequence > last)) {
      last = call.sequence;
      book.call(bot.channel, call);
      if (call.fault) onFault(call.fault);
    }
  };
}

function cloudReader({ bot, book, isWatched, onDepth }: WatchOptions) {
  const seen = new Set<string>();
  let sinceMillis = Date.now();
  const readLogs = async () => {
    const records = await bot.cloud.logsSince(sinceMillis - OVERLAP_MILLIS);
    for (const record of records.filter((each) => isNew(seen, each))) {
      sinceMillis = Math.max(sinceMillis, record.atMillis);
      book.logLine(record.text, () => bot.busyPolicy);
    }
  };
  return async () => {
    if (!isWatched()) return;
    await readLogs();
    const depth = await bot.cloud.depth();
    onDepth(depth);
    if (depth.deadLetters) noteDead(book, await bot.cloud.deadTraceIds());
  };
}

function isNew(seen: Set<string>, { stream, atMillis, text }: LogRecord): boolean {
  const key = `${stream} ${atMillis} ${text}`;
  if (seen.has(key)) return false;
  seen.add(key);
  const oldest = seen.values().next().value;
  if (seen.size > MAX_SEEN_LINES && oldest !== undefined) seen.delete(oldest);
  return true;
}

function noteDead(book: MessageBook, traceIds: readonly string[]): void {
  for (const traceId of traceIds) {
    const message = book.byTrace(traceId);
    if (!message || message.state === 'dead') continue;
    const step = {
      atMillis: Date.now(),
      place: 'dead-letter' as const,
      title: 'It lies in the dead-letter queue',
      detail: 'Nothing is lost: put the cause right, then bring it back',
      tone: 'bad' as const,
      traceId,
    };
    book.step(message.id, step, 'dead');
  }
}
