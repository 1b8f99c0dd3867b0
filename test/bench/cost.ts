import type { AwsCall } from '../support/tap.ts';
import { costPerMillion, PRICES, type Usage } from './prices.ts';
import { type Section, table } from './section.ts';
import { observe, SITUATIONS, type Situation } from './situations.ts';
import { dollars } from './statistics.ts';
import { ASSUMED, usageOf } from './usage.ts';

/** The original's calls for a known chat under drop (contract bot §18), as if they were ours. */
const ORIGINAL: readonly AwsCall[] = (
  [
    ['lambda', 'Invoke'],
    ['dynamodb', 'PutItem'],
    ['s3', 'HeadObject'],
    ['s3', 'GetObject'],
    ['s3', 'PutObject'],
    ['dynamodb', 'DeleteItem'],
  ] as const
).map(([service, name]) => ({ service, name, input: {} }));

const COUNTED = ['drop, known chat', 'fifo, known chat', 'drop, no table', 'fifo, no table'];
const MAX_ITEM_BYTES = 1024;

/** What a million messages cost, from the recorded calls. */
export async function cost(): Promise<Section> {
  const rows: string[][] = [];
  let originalTotal = 0;
  const add = (name: string, usage: Usage) => {
    const parts = costPerMillion(usage);
    const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
    originalTotal ||= total;
    rows.push([
      name,
      `${usage.writeUnits} + ${usage.readUnits}`,
      ...Object.values(parts).map(dollars),
      dollars(total),
      (total / originalTotal).toFixed(2),
    ]);
  };
  const observed = await observeCounted();
  const [first] = observed;
  add('original: drop, known chat', usageOf(ORIGINAL, first?.logBytes ?? 0));
  for (const { name, calls, logBytes } of observed) add(name, usageOf(calls, logBytes));
  const head = [
    'message',
    'WRU + RRU',
    'Lambda',
    'REST API',
    'SQS',
    'DynamoDB',
    'S3',
    'logs',
    'total',
    'ratio',
  ];
  return { title: 'Cost per million messages', body: [table(head, rows), ASSUMPTIONS, FORMULA] };
}

async function observeCounted() {
  const counted = (SITUATIONS as readonly Situation[]).filter(({ name }) => COUNTED.includes(name));
  return Promise.all(
    counted.map(async (situation) => {
      const { calls, logBytes, largestItemBytes } = await observe(situation);
      if (largestItemBytes > MAX_ITEM_BYTES)
        throw new Error(`An item of ${largestItemBytes} bytes costs more than is counted.`);
      return { name: situation.name, calls: calls.flatMap(({ call }) => call ?? []), logBytes };
    }),
  );
}

const { frontMemoryGb, frontSeconds, workerMemoryGb, workerSeconds, platformLogBytes } = ASSUMED;
const agentSecond = workerMemoryGb * PRICES.lambdaGigabyteSecond * 1e6;

const ASSUMPTIONS = `us-east-1 list prices without the free tier, warm functions on arm64. Calls, capacity units and log bytes are recorded; assumed are ${frontSeconds * 1000} ms at ${frontMemoryGb * 1024} MB for the front hop, ${workerSeconds * 1000} ms at ${workerMemoryGb * 1024} MB for the worker without the agent's own time (each second of it adds ${dollars(agentSecond)}), ${platformLogBytes} bytes of log that Lambda writes itself for each invocation, one message a batch. The original is counted with the same times and logs, so that its calls alone differ. Not counted: storage, data transfer, tracing, alarms, the poller's empty receives (about $0.32 a month), and the platform's and model's own prices. With an HTTP API instead of REST: ${dollars((PRICES.restApiRequest - PRICES.httpApiRequest) * 1e6)} less; with a function URL: ${dollars(PRICES.restApiRequest * 1e6)} less.`;

const FORMULA = `Formula, per message: 2 requests × ${PRICES.lambdaRequest} + (GB × s of both hops) × ${PRICES.lambdaGigabyteSecond} + 1 × ${PRICES.restApiRequest} (REST API) + 3 × ${PRICES.sqsFifoRequest} (send, receive, delete; fifo) + WRU × ${PRICES.dynamoWriteUnit} (a write 1, in a transaction 2) + RRU × ${PRICES.dynamoReadUnit} + puts × ${PRICES.s3Put} + gets × ${PRICES.s3Get} + log bytes × ${PRICES.logGigabyte / 1e9}.`;
