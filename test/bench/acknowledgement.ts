import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Emulator, startEmulator } from '../../local/emulator/emulator.ts';
import { fictionalNumber, whatsappWebhook } from '../../local/recordings/webhooks.ts';
import { buildBundles } from '../../runtime/build.ts';
import { bareZip, clientSettings, createApi, createFunction, invokeZip } from './emulated-functions.ts';
import { type Section, table } from './section.ts';
import { interleaved, median, millis, percentile, ratio } from './statistics.ts';

const SEQUENTIAL = 200;
const PARALLEL = 20;
/** Blocks of parallel requests, each kind in turn. */
const BLOCKS = 10;
const APP_SECRET = 'secret';
const PARAMETER = '/hookline/prod/env';

const NAMES = ['bare', 'invoke', 'drop', 'fifo'] as const;
type Name = (typeof NAMES)[number];

/** From the webhook's POST to its 200, through the emulator's API Gateway, beside a handler that does nothing. */
export async function acknowledgement(): Promise<Section> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  const emulator = await startEmulator('ministack', { folder, say: () => undefined });
  try {
    const base = await deploy(emulator, folder);
    for (const name of NAMES) await parallel(base, name);
    const sequential = await interleaved(
      SEQUENTIAL,
      perName((name) => () => post(base, name)),
    );
    const blocks = perName<number[]>(() => []);
    for (let block = 0; block < BLOCKS; block++)
      for (const name of NAMES) blocks[name].push(...(await parallel(base, name)));
    return report(sequential, blocks);
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const perName = <T>(make: (name: Name) => T) =>
  Object.fromEntries(NAMES.map((name) => [name, make(name)])) as Record<Name, T>;

/** The built front hop, once for each hand-off; its worker does nothing, so that it takes no time away. */
async function deploy(emulator: Emulator, folder: string): Promise<string> {
  const settings = clientSettings(emulator);
  const [ingress] = await buildBundles({ outdir: folder, entries: ['bot-ingress'] });
  if (!ingress) throw new Error('The front hop was not built.');
  const zip = readFileSync(ingress.zipPath);
  const secrets = `WHATSAPP_TOKEN=token\nWHATSAPP_PHONE_NUMBER_ID=100000000000001\nWHATSAPP_VERIFY_TOKEN=verify\nWHATSAPP_APP_SECRET=${APP_SECRET}\n`;
  await new SSMClient(settings).send(
    new PutParameterCommand({ Name: PARAMETER, Type: 'SecureString', Value: secrets }),
  );
  const queue = new CreateQueueCommand({ QueueName: 'bench.fifo', Attributes: { FifoQueue: 'true' } });
  const { QueueUrl: queueUrl } = await new SQSClient(settings).send(queue);
  await createFunction(emulator, 'worker', bareZip());
  const environment = {
    BOT_TYPE: 'whatsapp',
    ENV_PARAMETER_NAME: PARAMETER,
    WORKER_FUNCTION_NAME: 'worker',
    WHATSAPP_VERIFY_SIGNATURE: 'true',
  };
  return createApi(emulator, {
    bare: await createFunction(emulator, 'bare', bareZip()),
    invoke: await createFunction(emulator, 'invoke', await invokeZip(folder)),
    drop: await createFunction(emulator, 'drop', zip, { ...environment, MAWS_BUSY_POLICY: 'drop' }),
    fifo: await createFunction(emulator, 'fifo', zip, {
      ...environment,
      MAWS_BUSY_POLICY: 'fifo',
      MAWS_QUEUE_URL: String(queueUrl),
    }),
  });
}

let messages = 0;

/** Milliseconds of one webhook, signed before the clock starts. */
async function post(base: string, name: Name): Promise<number> {
  const { body, headers } = whatsappWebhook({ chatId: fictionalNumber(messages++), appSecret: APP_SECRET });
  const started = performance.now();
  const response = await fetch(`${base}/${name}`, { method: 'POST', headers, body });
  const text = await response.text();
  const elapsed = performance.now() - started;
  if (response.status !== 200) throw new Error(`${name}: ${response.status} ${text}`);
  return elapsed;
}

const parallel = (base: string, name: Name): Promise<number[]> =>
  Promise.all(Array.from({ length: PARALLEL }, () => post(base, name)));

const HEAD = [
  'requests',
  'handler',
  'p50',
  'p99',
  'p50 : bare',
  'p99 : bare',
  'p50 : invoke',
  'p99 : invoke',
];

type Times = Readonly<Record<Name, readonly number[]>>;

function report(sequential: Times, blocks: Times): Section {
  const row = (title: string, times: Times, name: Name) => {
    const [p50, p99] = [median(times[name]), percentile(times[name], 0.99)];
    const against = (floor: Name) => [
      ratio(p50, median(times[floor])),
      ratio(p99, percentile(times[floor], 0.99)),
    ];
    return [title, name, millis(p50), millis(p99), ...against('bare'), ...against('invoke')];
  };
  const rows = [
    ...NAMES.map((name) => row('one after another', sequential, name)),
    ...NAMES.map((name) => row(`${PARALLEL} at once`, blocks, name)),
  ];
  return {
    title: 'Acknowledgement of a webhook',
    body: [
      table(HEAD, rows),
      `MiniStack on this machine, REST API, warm functions; ${SEQUENTIAL} requests of each handler in turn, then ${BLOCKS} blocks of ${PARALLEL} at once. "bare" logs a line and answers 200; "invoke" also invokes the worker, without a look at the webhook: what no front hop with a hand-off can go below here. "drop" and "fifo" are the built front hop: signature, parsing and the hand-off (Invoke, SendMessage). The emulator serves all calls in one process, and the worker, a bare handler too, runs on the same cores.`,
    ],
  };
}
