import { fileURLToPath } from 'node:url';
import { buildPage } from '../../cli/page/build.ts';
import { Problem } from '../problem.ts';
import { telegramWebhook, whatsappWebhook } from '../recordings/webhooks.ts';
import { emulatorClient } from '../secrets.ts';
import { type LocalServer, startServer } from '../server.ts';
import type { Stand, StandBot } from '../stand.ts';
import { consoleRoute } from './api.ts';
import { emulatorCloud } from './cloud.ts';
import { Console } from './console.ts';
import type { Channel } from './model.ts';
import { operationsRoute } from './operations.ts';
import type { ConsoleBot } from './ports.ts';

const BACKENDS: Readonly<Record<string, string>> = {
  ministack: 'MiniStack',
  localstack: 'LocalStack',
  external: 'an emulator of your own',
};

/** Only this machine may look at it, whatever interface the stand-ins need. */
const HOST = '127.0.0.1';

/** Serves the console of a stand's bots on this port, or, when it is in use, on a free one. */
export async function startConsole(stand: Stand, port: number): Promise<LocalServer> {
  const page = await buildPage(fileURLToPath(new URL('page/', import.meta.url)));
  const bots = (['whatsapp', 'telegram'] as const).flatMap((channel) => {
    const bot = stand.bots[channel];
    return bot ? [consoleBot(channel, bot, stand)] : [];
  });
  const { backend } = stand.emulator;
  const console = new Console(BACKENDS[backend] ?? backend, bots);
  const routes = [await operationsRoute(stand), consoleRoute(console, page)];
  const server = await startServer(routes, port, HOST).catch((error: unknown) => {
    if (error instanceof Problem) return startServer(routes, 0, HOST);
    throw error;
  });
  return {
    port: server.port,
    close: async () => {
      console.close();
      await server.close();
    },
  };
}

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
