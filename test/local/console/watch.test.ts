import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MessageBook } from '../../../local/console/book.ts';
import type { QueueDepth } from '../../../local/console/model.ts';
import type { ConsoleBot, LogRecord } from '../../../local/console/ports.ts';
import { watchBot } from '../../../local/console/watch.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';

const TRACE = 'a'.repeat(32);
const line = (message: string, more = {}) => ({
  atMillis: Date.now(),
  stream: 's',
  text: JSON.stringify({ timestamp: new Date().toISOString(), message, trace_id: TRACE, ...more }),
});

/** A bot whose log and queues are what a test says. */
function watched() {
  const standIn = createGraphStandIn();
  const logs: LogRecord[] = [];
  const cloud = { depth: {} as QueueDepth, dead: [] as string[], asked: 0, broken: 0 };
  const bot = {
    channel: 'whatsapp',
    busyPolicy: 'drop',
    standIn,
    cloud: {
      logsSince: async (millis: number) => {
        cloud.asked += 1;
        if (cloud.broken-- > 0) throw new Error('no emulator');
        return logs.filter(({ atMillis }) => atMillis >= millis);
      },
      depth: async () => cloud.depth,
      deadTraceIds: async () => cloud.dead,
    },
  } as unknown as ConsoleBot;
  const book = new MessageBook(() => {});
  const { id } = book.add({
    channel: 'whatsapp',
    user: '1',
    text: 'hi',
    eventId: 'wamid.1',
    atMillis: Date.now(),
  });
  book.delivery(id, TRACE, { atMillis: Date.now(), place: 'webhook', title: 'posted', tone: 'info' });
  const stopping = new AbortController();
  const page = { listens: true };
  const stale: (number | undefined)[] = [];
  const start = () =>
    watchBot({
      bot,
      book,
      isWatched: () => page.listens,
      onDepth: () => {},
      onFault: () => {},
      onStale: (sinceMillis) => stale.push(sinceMillis),
      signal: stopping.signal,
    });
  return { logs, cloud, book, id, page, stale, start, stop: () => stopping.abort() };
}

describe('watching a bot', () => {
  it('adds each log line once, through an outage of the emulator', async () => {
    const { logs, cloud, book, id, start, stop } = watched();
    cloud.broken = 1;
    logs.push(line('turn_claimed', { status: 'new' }));
    start();
    await expect.poll(() => cloud.asked, { timeout: 5000 }).toBeGreaterThan(4);
    stop();
    expect(book.get(id)!.steps.map(({ title }) => title)).toEqual(['posted', 'Claimed, history read']);
  });

  it('finds a message in the dead-letter queue by its trace, and says it once', async () => {
    const { cloud, book, id, start, stop } = watched();
    cloud.depth = { deadLetters: 1 };
    cloud.dead = ['b'.repeat(32), TRACE];
    start();
    await expect.poll(() => book.get(id)!.state, { timeout: 5000 }).toBe('dead');
    const asked = cloud.asked;
    await expect.poll(() => cloud.asked, { timeout: 8000 }).toBeGreaterThan(asked);
    stop();
    expect(book.get(id)!.steps.filter(({ place }) => place === 'dead-letter')).toHaveLength(1);
  });

  it('says since when it knows nothing, and when it knows again', async () => {
    const { cloud, stale, start, stop } = watched();
    const started = Date.now();
    start();
    await expect.poll(() => stale, { timeout: 5000 }).toEqual([undefined]);
    cloud.broken = 2;
    await expect.poll(() => stale.length, { timeout: 8000 }).toBeGreaterThan(3);
    stop();
    const [, first, second, last] = stale;
    expect(first).toBeGreaterThanOrEqual(started);
    expect(second).toBe(first);
    expect(last).toBeUndefined();
  });

  it('asks nothing while no page listens', async () => {
    const { cloud, page, start, stop } = watched();
    page.listens = false;
    start();
    await delay(600);
    stop();
    expect(cloud.asked).toBe(0);
  });
});
