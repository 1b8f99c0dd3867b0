import { fileURLToPath } from 'node:url';
import { buildPage } from '../../cli/page/build.ts';
import { Problem } from '../problem.ts';
import { telegramWebhook, whatsappWebhook } from '../recordings/webhooks.ts';
import { emulatorClient } from '../secrets.ts';
import { type LocalServer, type Route, startServer } from '../server.ts';
import type { Stand, StandBot } from '../stand.ts';
import { consoleRoute } from './api.ts';
import { emulatorCloud } from './cloud.ts';
import { Console } from './console.ts';
import type { Channel } from './model.ts';
import { operationsRoute } from './operations.ts';
import type { ConsoleBot } from './ports.ts';
import { REPLIES_MOUNT, repliesRoute } from './replies/api.ts';
import { RepliesCloud, resourcesOf } from './replies/cloud.ts';
import { RepliesConsole } from './replies/replies-console.ts';

const BACKENDS: Readonly<Record<string, string>> = {
  ministack: 'MiniStack',
  localstack: 'LocalStack',
  external: 'an emulator of your own',
};

/** Only this machine may look at it, whatever interface the stand-ins need. */
const HOST = '127.0.0.1';

/** Serves the console of a stand's systems on this port, or, when it is in use, on a free one. */
export async function startConsole(stand: Stand, port: number): Promise<LocalServer> {
  const bots = await botsPages(stand);
  const routes = [...(await repliesPages(stand)), ...bots.routes];
  const server = await startServer(routes, port, HOST).catch((error: unknown) => {
    if (error instanceof Problem) return startServer(routes, 0, HOST);
    throw error;
  });
  return {
    port: server.port,
    close: async () => {
      bots.close();
      await server.close();
    },
  };
}

const pageOf = (folder: string) => buildPage(fileURLToPath(new URL(folder, import.meta.url)));

const backendOf = ({ emulator }: Stand): string => BACKENDS[emulator.backend] ?? emulator.backend;

/** The phone of the bots and their operations page, or, without bots, the way to the reply engine. */
async function botsPages(stand: Stand) {
  const bots = (['whatsapp', 'telegram'] as const).flatMap((channel) => {
    const bot = stand.bots[channel];
    return bot ? [consoleBot(channel, bot, stand)] : [];
  });
  if (bots.length === 0) return { routes: [toReplies], close: () => undefined };
  const console = new Console(backendOf(stand), bots, stand.replies !== undefined);
  const routes = [await operationsRoute(stand), consoleRoute(console, await pageOf('page/'))];
  return { routes, close: () => console.close() };
}

async function repliesPages(stand: Stand): Promise<readonly Route[]> {
  const { replies, emulator, bots } = stand;
  if (!replies) return [];
  const cloud = new RepliesCloud(resourcesOf(replies.outputs), emulatorClient(emulator.endpoint));
  const hasBots = Object.keys(bots).length > 0;
  const console = new RepliesConsole({ backend: backendOf(stand), hasBots, replies, cloud });
  return [repliesRoute(console, await pageOf('page/replies/'))];
}

const toReplies: Route = async (_request, url) =>
  url.pathname === '/'
    ? new Response(null, { status: 302, headers: { location: `${REPLIES_MOUNT}/` } })
    : undefined;

function consoleBot(channel: Channel, { webhookUrl, outputs }: StandBot, stand: Stand): ConsoleBot {
  const output = (name: string) => (typeof outputs[name] === 'string' ? outputs[name] : undefined);
  const queueUrl = output('queue_url');
  const deadLetterUrl = output('dead_letter_queue_url');
  const resources = {
    logGroups: ['ingress_log_group_name', 'worker_log_group_name'].flatMap((name) => output(name) ?? []),
    bucket: output('bucket_name') ?? '',
    ...(queueUrl && { queueUrl }),
    ...(deadLetterUrl && { deadLetterUrl }),
    redriveTarget: queueUrl ? { queueUrl } : { functionName: output('worker_alias_arn') ?? '' },
  };
  return {
    channel,
    busyPolicy: queueUrl ? 'fifo' : 'drop',
    webhookUrl,
    standIn: stand.standIns[channel],
    cloud: emulatorCloud(resources, emulatorClient(stand.emulator.endpoint)),
    webhook: webhookMaker(channel, stand),
  };
}

function webhookMaker(channel: Channel, { secrets }: Stand): ConsoleBot['webhook'] {
  if (channel === 'telegram')
    return (options) => telegramWebhook({ ...options, secretToken: secrets.telegramSecretToken });
  const { whatsappAppSecret: appSecret, phoneNumberId } = secrets;
  return (options) => whatsappWebhook({ ...options, appSecret, phoneNumberId });
}
