import { FakeClock } from '../support/fake-clock.ts';
import { type BenchWorld, type BenchWorldOptions, benchWorld, type RecordedCall } from './bot-world.ts';

/** A row of contract bot §18: one text message, if it says nothing else, and one part of the reply. */
export interface Situation {
  readonly name: string;
  readonly policy: BenchWorldOptions['policy'];
  /** Default true. */
  readonly table?: boolean;
  /** Calls that the original made; undefined where it has no such row. */
  readonly original?: number;
  readonly target: number;
  /** What comes before and is not counted. */
  readonly before?: (world: BenchWorld) => Promise<void>;
  readonly agent?: BenchWorldOptions['agent'];
  /** By default the chat's next message. */
  readonly run?: (world: BenchWorld) => Promise<void>;
}

const CHAT = '12025550143';

const known = (world: BenchWorld) => world.message(CHAT, 'wamid.before');
const warm = (world: BenchWorld) => world.message('12025550144', 'wamid.other');
const freshAfter = (prepare: (world: BenchWorld) => Promise<void>) => async (world: BenchWorld) => {
  await prepare(world);
  world.freeze();
};

/** Another worker holds the chat. */
async function busy(world: BenchWorld): Promise<void> {
  await known(world);
  const seconds = String(Math.floor(world.clock.nowMillis() / 1000) + 60);
  world.dynamodb.seed({
    user_id: { S: CHAT },
    owner: { S: 'other' },
    event_id: { S: 'wamid.elsewhere' },
    expiresAt: { N: seconds },
    busy_until: { N: seconds },
  });
}

const redelivered = (world: BenchWorld) => world.message(CHAT, 'wamid.before');

/** A user of whom only the number is known. */
const byNumber = (world: BenchWorld) => world.message(CHAT, 'wamid.counted', { numberAlone: true });

const three = (world: BenchWorld) => world.together(CHAT, ['wamid.1', 'wamid.2', 'wamid.3']);

const unreadable = { said: '', fields: { type: 'unsupported', errors: [{ code: 131051 }] } };
const notice = (world: BenchWorld) => world.message(CHAT, 'wamid.counted', { content: unreadable });

/** More than an invocation or a queue's message takes. */
const large = (world: BenchWorld) => world.message(CHAT, 'wamid.counted', { text: 'x'.repeat(950_000) });

const reported = (world: BenchWorld) => world.status();

export const SITUATIONS = [
  { name: 'drop, known chat', policy: 'drop', original: 6, target: 5, before: known },
  { name: 'drop, new chat', policy: 'drop', original: 5, target: 5, before: warm, run: byNumber },
  { name: 'drop, known chat, cold', policy: 'drop', original: 8, target: 7, before: freshAfter(known) },
  { name: 'drop, new chat, cold', policy: 'drop', original: 7, target: 7, run: byNumber },
  { name: 'drop, busy', policy: 'drop', original: 2, target: 4, before: busy },
  { name: 'drop, redelivered', policy: 'drop', original: 6, target: 5, before: known, run: redelivered },
  { name: 'drop, no table', policy: 'drop', table: false, original: 4, target: 3, before: known },
  { name: 'fifo, known chat', policy: 'fifo', original: 6, target: 4, before: known },
  { name: 'fifo, new chat', policy: 'fifo', target: 4, before: warm, run: byNumber },
  { name: 'fifo, new chat with its alias', policy: 'fifo', target: 5, before: warm },
  { name: 'fifo, known chat, cold', policy: 'fifo', original: 8, target: 6, before: freshAfter(known) },
  { name: 'fifo, redelivered', policy: 'fifo', original: 6, target: 3, before: known, run: redelivered },
  { name: 'fifo, no table', policy: 'fifo', table: false, original: 4, target: 3, before: known },
  { name: 'merge, turn of 3 messages', policy: 'merge', target: 6, before: known, run: three },
  { name: 'drop, notice', policy: 'drop', target: 2, before: known, run: notice },
  { name: 'fifo, notice', policy: 'fifo', target: 2, before: known, run: notice },
  { name: 'fifo, by reference', policy: 'fifo', target: 7, before: known, run: large, agent: () => 'ok' },
  { name: 'fifo, status of our message', policy: 'fifo', target: 1, before: known, run: reported },
] as const satisfies readonly Situation[];

export interface Observed {
  readonly calls: readonly RecordedCall[];
  readonly logBytes: number;
  readonly replies: number;
  /** Of the table, about as DynamoDB counts: names and values. */
  readonly largestItemBytes: number;
}

/** Plays a situation through the real handlers. */
export async function observe(situation: Situation): Promise<Observed> {
  const { policy, table = true, before, run, agent } = situation;
  const world = benchWorld({ policy, table, clock: new FakeClock(), ...(agent && { agent }) });
  try {
    await before?.(world);
    world.clear();
    const sentBefore = world.graph.sent.length;
    await (run ?? ((played) => played.message(CHAT, 'wamid.counted')))(world);
    const items = [...world.dynamodb.items().values()];
    return {
      calls: [...world.recorded],
      logBytes: world.logBytes,
      replies: world.graph.sent.length - sentBefore,
      largestItemBytes: Math.max(0, ...items.map((item) => Buffer.byteLength(JSON.stringify(item)))),
    };
  } finally {
    world.close();
  }
}
