import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { BUNDLES, type BundleName, buildBundles } from '../../runtime/build.ts';
import { type Bundle, bundle, loadedBytes } from '../../runtime/bundle.ts';
import { type Section, table } from './section.ts';
import { interleaved, kilobytes, median, millis, ratio } from './statistics.ts';

const ROUNDS = 15;

/** Design §6. */
const BUDGETS = { 'bot-ingress': 420_000, 'bot-worker': 750_000 } as const;
type Measured = keyof typeof BUDGETS;

/** The AWS clients and calls of a default configuration, without anything of ours: the floor of each bundle. */
const CLIENTS: Readonly<Record<Measured, string>> = {
  'bot-ingress': `export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';`,
  'bot-worker': `export { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
export {
  DeleteItemCommand, DynamoDBClient, GetItemCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';`,
};

/** What the stack sets; the ingress loads its clients by it. */
const ENVIRONMENT = {
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
    const bundles = await buildBundles({ outdir: folder, entries: ['bot-ingress', 'bot-worker'] });
    const [ingress, worker] = bundles as [Bundle, Bundle];
    const empty = path.join(folder, 'empty.mjs');
    await writeFile(empty, 'export {};\n');
    const clients = {
      'bot-ingress': await clientBundle('bot-ingress', folder),
      'bot-worker': await clientBundle('bot-worker', folder),
    };
    const times = await interleaved(ROUNDS, {
      empty: () => importMillis([empty]),
      'bot-ingress': () => importMillis(eagerFiles(ingress)),
      'bot-ingress clients': () => importMillis([path.join(clients['bot-ingress'].directory, 'index.mjs')]),
      'bot-worker': () => importMillis(eagerFiles(worker)),
      'bot-worker clients': () => importMillis([path.join(clients['bot-worker'].directory, 'index.mjs')]),
    });
    const row = (name: Measured, built: Bundle) => {
      const bytes = loadedBytes(built.metafile, BUNDLES[name].eager);
      const [own, floor] = [median(times[name]), median(times[`${name} clients`])];
      return [
        name,
        kilobytes(bytes),
        `${Math.round((100 * bytes) / BUDGETS[name])} % of ${kilobytes(BUDGETS[name])}`,
        ratio(bytes, loadedBytes(clients[name].metafile)),
        millis(own),
        millis(Math.min(...times[name])),
        ratio(own, median(times.empty)),
        ratio(own, floor),
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
        table(head, [row('bot-ingress', ingress), row('bot-worker', worker)]),
        `Import time of what a default configuration loads, in ${ROUNDS} fresh processes of each kind in turn; an empty module takes ${millis(median(times.empty))}. "AWS clients alone" is a bundle, built in the same way, of nothing but the AWS SDK clients and commands in use.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
