import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BUNDLES, type BundleName, buildBundles } from '../../runtime/build.ts';
import { type Bundle, bundle, loadedBytes } from '../../runtime/bundle.ts';
import { VARIABLES } from '../runtime/replies/world-setup.ts';
import { type Section, table } from './section.ts';
import { interleaved, kilobytes, median, millis, ratio } from './statistics.ts';

const ROUNDS = 15;

/** Design §6. */
const BUDGETS = {
  'bot-ingress': 420_000,
  'bot-worker': 750_000,
  'replies-webhook': 420_000,
  'replies-worker': 750_000,
  'replies-sweeper': 420_000,
} as const;
type Measured = keyof typeof BUDGETS;
const MEASURED = Object.keys(BUDGETS) as Measured[];

/** The AWS clients and calls of a default configuration, without anything of ours: the floor of each bundle. */
const CLIENTS: Readonly<Record<Measured, string>> = {
  'bot-ingress': `export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';`,
  'bot-worker': `export { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
export {
  DeleteItemCommand, DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';`,
  'replies-webhook': `export {
  DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';`,
  'replies-worker': `export {
  BatchWriteItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand,
  TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
export { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';`,
  'replies-sweeper': `export {
  DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';`,
};

/** What the stacks set; the ingress loads its clients by it, and the reply engine does not start without. */
const ENVIRONMENT = {
  ...VARIABLES,
  BOT_TYPE: 'whatsapp',
  MAWS_BUSY_POLICY: 'drop',
  ENV_PARAMETER_NAME: '/hookline/prod/env',
  WORKER_FUNCTION_NAME: 'worker',
  AWS_REGION: 'eu-central-1',
};

/** What the default configuration loads, and how long the import takes in a fresh process. */
export async function loaded(): Promise<Section> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookline-bench-'));
  try {
    const built = await buildBundles({ outdir: folder, entries: MEASURED });
    const empty = path.join(folder, 'empty.mjs');
    await writeFile(empty, 'export {};\n');
    const variants: Record<string, () => Promise<number>> = { empty: () => importMillis([empty]) };
    const clients = new Map<string, Bundle>();
    for (const own of built) {
      const floor = await clientBundle(own.name as Measured, folder);
      clients.set(own.name, floor);
      variants[own.name] = () => importMillis(eagerFiles(own));
      variants[`${own.name} clients`] = () => importMillis([path.join(floor.directory, 'index.mjs')]);
    }
    const times = await interleaved(ROUNDS, variants);
    const timesOf = (name: string) => times[name] ?? [];
    const row = (own: Bundle) => {
      const name = own.name as Measured;
      const bytes = loadedBytes(own.metafile, BUNDLES[name].eager);
      const [millisOwn, floor] = [median(timesOf(name)), median(timesOf(`${name} clients`))];
      const floorBytes = loadedBytes(clients.get(name)?.metafile ?? own.metafile);
      return [
        name,
        kilobytes(bytes),
        `${Math.round((100 * bytes) / BUDGETS[name])} % of ${kilobytes(BUDGETS[name])}`,
        ratio(bytes, floorBytes),
        millis(millisOwn),
        millis(Math.min(...timesOf(name))),
        ratio(millisOwn, median(timesOf('empty'))),
        ratio(millisOwn, floor),
      ];
    };
    const head = [
      'bundle',
      'loaded',
      'budget',
      'bytes : AWS clients alone',
      'import, median',
      'min',
      ': empty module',
      ': AWS clients alone',
    ];
    return {
      title: 'What the default configuration loads',
      body: [
        table(head, built.map(row)),
        `Import time of what a default configuration loads, in ${ROUNDS} fresh processes of each kind in turn; an empty module takes ${millis(median(timesOf('empty')))}. "AWS clients alone" is a bundle, built in the same way, of nothing but the AWS SDK clients and commands in use. The reply engine's worker loads the model's adapter with its first turn: that of OpenAI's Responses is ${kilobytes(adapterBytes(built))} more.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The adapter of the default provider, with the vendor's package. */
function adapterBytes(built: readonly Bundle[]): number {
  const worker = built.find(({ name }) => name === 'replies-worker');
  if (!worker) throw new Error('The worker was not built.');
  const { metafile } = worker;
  return loadedBytes(metafile, ['models/openai-responses.ts']) - loadedBytes(metafile);
}

function clientBundle(name: Measured, outdir: string): Promise<Bundle> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return bundle(`${name}-clients`, { source: CLIENTS[name] }, { root, outdir });
}

/** The entry, and the chunks that every default configuration imports on first use. */
function eagerFiles({ name, directory, metafile }: Bundle): string[] {
  const { eager } = BUNDLES[name as BundleName];
  const chunks = Object.entries(metafile.outputs)
    .filter(([, output]) => eager.some((source) => output.entryPoint?.endsWith(source)))
    .map(([file]) => path.join(directory, path.basename(file)));
  return [path.join(directory, 'index.mjs'), ...chunks];
}

async function importMillis(files: readonly string[]): Promise<number> {
  const urls = files.map((file) => pathToFileURL(file).href);
  const script = `const started = performance.now();
for (const url of ${JSON.stringify(urls)}) await import(url);
console.log(performance.now() - started);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', script],
    { env: ENVIRONMENT },
  );
  return Number(stdout);
}
