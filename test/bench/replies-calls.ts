import { type Item, itemBytes } from '../../runtime/core/dynamodb-values.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { PRICES } from './prices.ts';
import { itemOf, readUnits, recordWrite, unitsOf } from './replies-units.ts';
import { expectTurns, repliesBenchWorld } from './replies-world.ts';
import { table } from './section.ts';
import { dollars } from './statistics.ts';
import { ASSUMED } from './usage.ts';

/** Entries of the record before the turn that is counted. */
const TURNS_BEFORE = 10;

interface Turn {
  /** Webhook's and worker's, by name. */
  readonly webhook: readonly string[];
  readonly worker: readonly string[];
  readonly writes: number;
  readonly reads: number;
  readonly secrets: number;
  readonly queueRequests: number;
  readonly logBytes: number;
}

/** AWS calls, capacity units and cost of a turn of one message and one part, beside the earlier design. */
export async function repliesCalls(): Promise<readonly string[]> {
  const { turn: ours, recordBytes } = await observe();
  const earlier = earlierTurn(recordBytes, ours.logBytes);
  const rows = [
    row('earlier design', earlier, earlier),
    row('this engine', ours, earlier),
    row('this engine, its first turn in 300 s', afterCaches(ours), earlier),
  ];
  return [
    table(
      ['hop', 'earlier design', 'this engine'],
      [
        ['webhook', earlier.webhook.join(', '), ours.webhook.join(', ')],
        ['worker', earlier.worker.join(', '), ours.worker.join(', ')],
      ],
    ),
    table(['a turn', 'AWS calls', 'WRU + RRU', 'cost per million turns', 'ratio'], rows),
    `Recorded at the AWS clients of the real handlers on fakes, warm; one message, one part, a record of ${(recordBytes / 1000).toFixed(1)} KB with ${2 * TURNS_BEFORE} entries. The earlier design was not measured: its calls are derived from the marks of contract replies §1 to §5 and §15 (a read by index with limit 1 and the secrets at every message and turn, row, lock and trigger; a read of the record, the status as lock, staged rows, the status written back with both entries, rows and lock deleted; every write of a record copied to eight full indexes), without its heartbeat, which first beat after 300 s. It kept nothing between model, send and record, which is where it lost and doubled replies: the writes that this engine makes more are its checkpoints. Cost: list prices of us-east-1 without the free tier; ${ASSUMED.frontSeconds * 1000} ms and ${ASSUMED.workerSeconds * 1000} ms at 512 MB for webhook and worker, the same for both, without the model's time; not counted are model, Twilio, storage, alarms, the sweeper ($0.03 a day) and the poller's empty receives.`,
  ];
}

async function observe(): Promise<{ readonly turn: Turn; readonly recordBytes: number }> {
  const world = repliesBenchWorld(1);
  for (let turn = 0; turn < TURNS_BEFORE; turn++) await world.turns([0]);
  const { tap, dynamodb } = world;
  const record = [...dynamodb.items(TABLES.conversations).values()][0] as Item;
  const before = new Map<object, Item | undefined>();
  let [writes, reads] = [0, 0];
  tap.before = (call) => {
    before.set(call, structuredClone(itemOf(call, dynamodb)));
  };
  tap.after = (call, output) => {
    const units = unitsOf(call, output, before.get(call), dynamodb);
    writes += units.writes;
    reads += units.reads;
  };
  const calls: string[][] = [];
  const logBytes = world.logBytes;
  for (const hop of [() => world.say(0), () => world.workOne()]) {
    tap.clear();
    await hop();
    calls.push([...tap.calls]);
  }
  expectTurns(world, TURNS_BEFORE + 1);
  const [webhook = [], worker = []] = calls;
  const count = (name: string) => calls.flat().filter((one) => one === name).length;
  const turn = {
    webhook,
    worker,
    writes,
    reads,
    secrets: count('GetSecretValue'),
    // Each trigger is also received and deleted by the poller.
    queueRequests: 3 * count('SendMessage') + count('ChangeMessageVisibility'),
    logBytes: world.logBytes - logBytes,
  };
  return { turn, recordBytes: itemBytes(record) };
}

/** Contract replies §15, hole 39: every update of a record is copied to eight full-projection indexes. */
const EARLIER_INDEXES = { whole: 8, movedKeys: 0 };

function earlierTurn(recordBytes: number, logBytes: number): Turn {
  const record = recordWrite(recordBytes, EARLIER_INDEXES, true);
  return {
    webhook: ['Query', 'GetSecretValue', 'PutItem', 'PutItem', 'SendMessage'],
    worker: [
      'GetItem',
      'UpdateItem',
      'Query',
      'GetSecretValue',
      'GetSecretValue',
      'UpdateItem',
      'BatchWriteItem',
      'DeleteItem',
    ],
    // Two writes of the record; row and lock, written and deleted.
    writes: 2 * record + 4,
    reads: readUnits(recordBytes, false) + readUnits(recordBytes, true) + readUnits(0, true),
    secrets: 3,
    queueRequests: 3,
    logBytes,
  };
}

/** With the reads that are kept for 300 s: secrets, and the company's number. */
const afterCaches = (turn: Turn): Turn => ({
  ...turn,
  webhook: ['Query', 'GetSecretValue', ...turn.webhook],
  worker: ['GetSecretValue', 'GetSecretValue', ...turn.worker],
  secrets: 3,
  reads: turn.reads + 0.5,
});

function costPerMillionTurns({ writes, reads, secrets, queueRequests, logBytes }: Turn): number {
  const seconds = ASSUMED.frontSeconds + ASSUMED.workerSeconds;
  const each =
    2 * PRICES.lambdaRequest +
    0.5 * seconds * PRICES.lambdaGigabyteSecond +
    PRICES.restApiRequest +
    queueRequests * PRICES.sqsRequest +
    secrets * PRICES.secretRequest +
    writes * PRICES.dynamoWriteUnit +
    reads * PRICES.dynamoReadUnit +
    ((logBytes + 2 * ASSUMED.platformLogBytes) * PRICES.logGigabyte) / 1e9;
  return each * 1e6;
}

function row(name: string, turn: Turn, earlier: Turn): string[] {
  const calls = turn.webhook.length + turn.worker.length;
  const cost = costPerMillionTurns(turn);
  return [
    name,
    String(calls),
    `${turn.writes} + ${turn.reads}`,
    dollars(cost),
    (cost / costPerMillionTurns(earlier)).toFixed(2),
  ];
}
