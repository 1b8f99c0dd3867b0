import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../runtime/core/clock.ts';
import { type BenchWorld, benchWorld, expectReplies } from './bot-world.ts';
import { type Section, table } from './section.ts';

const CHATS = 200;
const MESSAGES = [500, 1000, 2000, 4000];
const AT_ONCE = 5;
const POLICIES = ['drop', 'fifo', 'merge'] as const;

/** What a warm worker still holds after ever more messages: flat if it keeps nothing of a message for good. */
export async function memory(): Promise<Section> {
  const rows: string[][] = [];
  for (const policy of POLICIES) {
    const held: string[] = [];
    for (const messages of MESSAGES) held.push(`${(await heldAfter(policy, messages)).toFixed(0)} KB`);
    rows.push([policy, ...held]);
  }
  return {
    title: 'Memory of a warm worker',
    body: [
      table(['policy', ...MESSAGES.map((count) => `after ${count} messages`)], rows),
      `The real handlers on fakes; ${CHATS} chats in turn, under merge ${AT_ONCE} messages of a chat in one batch. Shown is what the garbage collector could free only once the handlers were let go of, a new pair for each figure: the fakes' own tables, histories and queues are not in it. A process that is not short of memory may be larger: Node collects late.`,
    ],
  };
}

async function heldAfter(policy: (typeof POLICIES)[number], messages: number): Promise<number> {
  const world = benchWorld({ policy, clock: systemClock });
  try {
    await put(world, policy === 'merge', messages);
    expectReplies(world, policy === 'merge' ? messages / AT_ONCE : messages);
    world.clear();
    const before = heapBytes();
    world.freeze();
    return (before - heapBytes()) / 1000;
  } finally {
    world.close();
  }
}

async function put(world: BenchWorld, isMerged: boolean, messages: number): Promise<void> {
  for (let index = 0; index < messages; index += isMerged ? AT_ONCE : 1) {
    const chat = `1202555${String(1000 + (index % CHATS)).padStart(4, '0')}`;
    if (!isMerged) await world.message(chat, `wamid.${index}`);
    else
      await world.together(
        chat,
        Array.from({ length: AT_ONCE }, (_, more) => `wamid.${index + more}`),
      );
  }
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
