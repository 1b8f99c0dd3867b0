import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buildAgentModule } from '../../runtime/build.ts';
import { epochSeconds } from '../../runtime/core/clock.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { listen } from '../listen.ts';
import { agentFileOf } from '../project/agent-file.ts';
import { importAgent } from '../project/import-agent.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile } from '../project/secrets.ts';
import { paint } from '../terminal.ts';
import type { World } from '../world.ts';
import { devBot } from './dev-bot.ts';
import { printingFetch } from './printing-fetch.ts';

export interface DevFlags extends ProjectFlags {
  readonly port: number;
  /** Send the replies to the platform, in place of printing them. */
  readonly live?: boolean;
  /** Files with webhook bodies: post them, print what comes of them, and end. */
  readonly replay: readonly string[];
  /** Print the bot's log lines. */
  readonly verbose?: boolean;
}

/** Without these no bot starts; they open nothing. */
const PLACEHOLDERS: Environment = {
  WHATSAPP_TOKEN: 'dev',
  WHATSAPP_PHONE_NUMBER_ID: '1',
  WEBHOOK_VERIFY_TOKEN: 'dev',
  TELEGRAM_TOKEN: '1:dev',
};

/** What is never asked of a webhook that is replayed or comes from this machine. */
const OPEN: Environment = { WHATSAPP_VERIFY_SIGNATURE: 'false', TELEGRAM_WEBHOOK_SECRET_TOKEN: '' };

/** Runs the project's agent in this process until Ctrl-C, or until the replays are done. */
export async function dev(flags: DevFlags, world: World): Promise<void> {
  const project = openProject(flags, world.environment);
  const recordings = await Promise.all(
    flags.replay.map((file) => readRecording(file, epochSeconds(world.clock))),
  );
  const bot = await openBot(project, flags, world, numbersIn(recordings));
  if (recordings.length === 0) return serve(project, flags, bot, world);
  let failed = 0;
  for (const recording of recordings) failed += await replay(recording, bot, world);
  const count = recordings.reduce((sum, { bodies }) => sum + bodies.length, 0);
  if (failed > 0) throw new Error(`${failed} of ${count} messages failed.`);
}

type Bot = ReturnType<typeof devBot>;

async function openBot(
  project: Project,
  { live, verbose }: DevFlags,
  world: World,
  phoneNumberIds: readonly string[],
): Promise<Bot> {
  const { terminal } = world;
  const file = agentFileOf(project);
  if (!file) throw new Error(`There is no file ${path.join(project.folder, 'agent.ts')}.`);
  const built = await buildAgentModule(file, path.join(project.folder, '.hookline', 'dev'));
  const secrets = await readSecretsFile(project);
  if (live && (!secrets || secrets.faults.length > 0))
    throw new Error(
      `The secrets are not complete: ${secrets?.faults.join('; ') ?? 'no file'}. See .env.prod.`,
    );
  return devBot({
    botType: project.botType,
    agent: await importAgent(built, path.basename(file)),
    environment: {
      ...(project.inputs.environment_variables as Environment | undefined),
      ...filled(secrets?.values ?? {}, live ? {} : PLACEHOLDERS),
      ...(live ? {} : { ...OPEN, ...taking(phoneNumberIds) }),
      BUCKET_NAME: 'memory',
      MAWS_BUSY_POLICY: 'drop',
      MAX_ALLOWED_MESSAGE_DELAY: '0',
    },
    fetch: live
      ? world.fetch
      : printingFetch((text) => terminal.out(`${paint(terminal, 'green', '<')} ${text}\n`)),
    clock: world.clock,
    writeLog: (line) => {
      if (verbose || /"level":"(ERROR|CRITICAL)"/.test(line)) terminal.error(`${line}\n`);
    },
  });
}

/** An empty value counts as not given. */
const filled = (values: Environment, placeholders: Environment): Environment => ({
  ...placeholders,
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => value)),
});

interface Recording {
  readonly file: string;
  readonly bodies: readonly unknown[];
}

/** One body, or a list of them. */
async function readRecording(file: string, nowSeconds: number): Promise<Recording> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Error(`There is no file ${file}.`);
    throw error;
  });
  try {
    const content: unknown = JSON.parse(text, (key, value) => sentNow(key, value, nowSeconds));
    return { file, bodies: Array.isArray(content) ? content : [content] };
  } catch {
    throw new Error(`${file} is no JSON.`);
  }
}

/** An old recording counts as a new message: what is too old, or behind a closed window, gets no reply. */
function sentNow(key: string, value: unknown, nowSeconds: number): unknown {
  if (key === 'timestamp' && /^\d{10}$/.test(String(value))) return String(nowSeconds);
  return key === 'date' && typeof value === 'number' ? nowSeconds : value;
}

/** A recording may be of another number than the one in the secrets, which a bot ignores. */
const numbersIn = (recordings: readonly Recording[]): readonly string[] =>
  [...JSON.stringify(recordings).matchAll(/"phone_number_id":"(\w+)"/g)].map(([, id = '']) => id);

const taking = (ids: readonly string[]): Environment =>
  ids.length === 0 ? {} : { WHATSAPP_ALLOWED_PHONE_NUMBER_IDS: JSON.stringify([...new Set(ids)]) };

/** Counts what failed: the webhook was refused, or the turn got no reply. */
async function replay({ file, bodies }: Recording, bot: Bot, { terminal }: World): Promise<number> {
  let failed = 0;
  for (const body of bodies) {
    const { statusCode, body: answer } = await bot.post({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      query: {},
      body: Buffer.from(JSON.stringify(body)),
    });
    terminal.out(`${paint(terminal, 'bold', '>')} ${path.basename(file)}: ${statusCode} ${answer}\n`);
    await bot.settled();
    const failure = statusCode >= 400 ? 'the webhook was refused' : bot.failure();
    if (failure === undefined) continue;
    failed += 1;
    terminal.out(`${paint(terminal, 'red', 'no reply:')} ${failure}\n`);
  }
  return failed;
}

async function serve(project: Project, flags: DevFlags, bot: Bot, world: World): Promise<void> {
  const server = createServer((request, response) => {
    handle(request, bot).then(
      ({ statusCode, headers, body }) => response.writeHead(statusCode, headers).end(body),
      () => response.writeHead(500).end(),
    );
  });
  // Only this machine: a tunnel brings the platform in.
  await listen(server, { host: '127.0.0.1', port: flags.port });
  const { port } = server.address() as AddressInfo;
  world.terminal.out(`${hint(project, port, flags.live ?? false).join('\n')}\n`);
  const interrupted = world.interruption();
  if (!interrupted.aborted) await once(interrupted, 'abort');
  server.close();
  server.closeAllConnections();
  await bot.settled();
}

const hint = ({ botType, name }: Project, port: number, live: boolean): readonly string[] => [
  `The bot ${name} listens on http://127.0.0.1:${port}/webhook. Its memory ends with it. Ctrl-C ends it.`,
  live ? 'Replies go to the platform.' : 'Replies are printed here; --live sends them to the platform.',
  'For real messages open a tunnel, for example:',
  `  cloudflared tunnel --url http://127.0.0.1:${port}`,
  botType === 'telegram'
    ? '  hookline bot webhook set --url https://<the tunnel>/webhook'
    : "  and set https://<the tunnel>/webhook as the callback URL in Meta's dashboard",
  'It takes the webhook away from the deployed bot: register that again afterwards (hookline bot update).',
];

const MAX_BODY_BYTES = 4 * 1024 * 1024;

async function handle(request: IncomingMessage, bot: Bot) {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname !== '/webhook') return { statusCode: 404, headers: {}, body: '' };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return { statusCode: 413, headers: {}, body: '' };
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : (value ?? ''),
    ]),
  );
  const query = Object.fromEntries(url.searchParams);
  return bot.post({ method: request.method ?? 'GET', headers, query, body: Buffer.concat(chunks) });
}
