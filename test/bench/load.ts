import { BOTS, type BotName } from '../emulator/support/bots.ts';
import { type LoadResult, runLoad } from '../emulator/support/load.ts';
import { loadTarget } from '../emulator/support/load-target.ts';
import { startTestStand, type TestStand } from '../emulator/support/stand.ts';
import { deployFloor, type Floor } from './load-floor.ts';
import { type Section, table } from './section.ts';
import { kilobytes, median, percentile, ratio } from './statistics.ts';
import { type WorkerMemory, workerMemory } from './worker-memory.ts';

const SETTINGS = { seed: 20261126, users: 200, messages: 2000, redelivered: 0.05, faulty: 0.02 };
const AT_ONCE = 6;
const FLOOR_MESSAGES = 200;
const FIRST_CHAT = 10_000;
const POLICIES: readonly BotName[] = ['telegram_drop', 'whatsapp_merge'];

interface Run {
  readonly bot: BotName;
  readonly result: LoadResult;
  readonly floor: readonly number[];
  readonly memory: readonly (WorkerMemory | undefined)[];
}

/** Both policies under the load of the guarantee, on the emulator: what it cost, and whether the guarantee held. */
export async function load(): Promise<Section> {
  const ends: (() => Promise<void>)[] = [];
  try {
    const stand = await startTestStand({
      name: 'bench-load',
      bots: POLICIES,
      say: (line) => console.error(line),
      atEnd: (end) => ends.push(end),
    });
    const floor = await deployFloor(stand);
    const runs: Run[] = [];
    for (const [index, bot] of POLICIES.entries())
      runs.push(await measure(bot, FIRST_CHAT + index * SETTINGS.users, stand, floor));
    return report(runs);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function measure(bot: BotName, firstChat: number, stand: TestStand, floor: Floor): Promise<Run> {
  const memory: (WorkerMemory | undefined)[] = [];
  const floorMillis = await atOnce(FLOOR_MESSAGES, floor);
  const options = {
    ...SETTINGS,
    firstChat,
    atOnce: AT_ONCE,
    settleSeconds: 240,
    onQuarter: () => memory.push(workerMemory()),
  };
  const result = await runLoad(options, loadTarget(bot, stand));
  return { bot, result, floor: floorMillis, memory };
}

/** As many messages at once as the load has. */
async function atOnce(count: number, floor: Floor): Promise<number[]> {
  const times: number[] = [];
  const lane = async () => {
    while (times.length < count) times.push(await floor());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return times;
}

const HEAD = [
  'policy',
  'messages a second',
  'reply p50',
  'reply p99',
  'p50 : floor',
  'p99 : floor',
  'ignored as busy',
  'repeated, by cause',
  'captured',
  'dead letters',
  'guarantee',
];

function report(runs: readonly Run[]): Section {
  const findings = runs.flatMap(({ bot, result }) =>
    result.findings.map((finding) => `- **${bot}**: ${finding}`),
  );
  return {
    title: 'Load: both policies on the emulator',
    body: [
      table(HEAD, runs.map(row)),
      table(['policy', ...[1, 2, 3, 4].map((quarter) => `memory at ${quarter}/4`)], runs.map(memoryRow)),
      ...(findings.length > 0 ? [findings.join('\n')] : []),
      `${SETTINGS.messages} messages of ${SETTINGS.users} users in random order (seed ${SETTINGS.seed}), ${SETTINGS.redelivered * 100} % redelivered, ${SETTINGS.faulty * 100} % with a failing provider (not done, throttled, refused for good, answer lost), ${AT_ONCE} messages waiting for their answers at once; built bundles under the published module on MiniStack, the provider's stand-in and the test on the same cores. The time to a reply runs from the webhook's POST to the provider's receipt; those that had to wait for a repetition are in it. The floor is a front handler that invokes a worker that sends, with no check, lock, history or mark, with as many at once, before the load. Memory: the number of function processes and the largest one. MiniStack works one batch of a FIFO queue at a time, all groups in turn, so merge's times and its throughput here are of one worker; AWS works groups in parallel.`,
    ],
  };
}

function row({ bot, result, floor }: Run): string[] {
  const { replyMillis, wholeMillis, outcome, repeated, findings } = result;
  const [p50, p99] = [median(replyMillis), percentile(replyMillis, 0.99)];
  const causes = Object.entries(repeated).map(([cause, count]) => `${count} ${cause}`);
  return [
    BOTS[bot].busy_policy,
    (outcome.messages.length / (wholeMillis / 1000)).toFixed(1),
    `${(p50 / 1000).toFixed(2)} s`,
    `${(p99 / 1000).toFixed(2)} s`,
    ratio(p50, median(floor)),
    ratio(p99, percentile(floor, 0.99)),
    String(outcome.ignored.size),
    causes.join(', ') || 'none',
    String(result.captured),
    String(result.deadLetters),
    findings.length === 0 ? 'held' : `VIOLATED ${findings.length} times`,
  ];
}

const memoryRow = ({ bot, memory }: Run): string[] => [
  BOTS[bot].busy_policy,
  ...memory.map((seen) => (seen ? `${seen.processes}, ${kilobytes(seen.largestBytes)}` : 'not measured')),
];
