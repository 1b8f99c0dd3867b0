import { HELP, readArguments, type StartArguments } from './arguments.ts';
import { startConsole } from './console/start.ts';
import { playFiles } from './files/play.ts';
import { handIn, tellFiles } from './files/tell.ts';
import { functionLogs } from './logs.ts';
import { type Played, play, turnFinished } from './play.ts';
import { Problem } from './problem.ts';
import { telegramWebhook, type Webhook, whatsappWebhook } from './recordings/webhooks.ts';
import { playReplies } from './replies/play.ts';
import { checkRequirements } from './requirements.ts';
import { type Stand, startStand } from './stand.ts';

const say = (line: string) => console.log(line);

/** Exit code of a command that Ctrl-C ended, by the shells' convention. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  try {
    const options = readArguments(process.argv.slice(2));
    if (options.help) say(HELP);
    else await runStand(options, stopping.signal);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return INTERRUPTED;
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    return 1;
  }
}

async function runStand(options: StartArguments, signal: AbortSignal): Promise<void> {
  const requirements = await checkRequirements();
  say(`AWS emulator: ${requirements.backend}. Terraform: ${requirements.terraform}.`);
  const { systems, provider, agentFile, port, once } = options;
  // The console offers both platforms; one reply needs only one.
  const platforms = once ? [provider] : (['whatsapp', 'telegram'] as const);
  const providers = systems.includes('bot') ? platforms : [];
  const has = { hasReplies: systems.includes('replies'), hasFiles: systems.includes('files') };
  const stand = await startStand({ ...requirements, providers, ...has, agentFile, port, say, signal });
  try {
    await playAll(options, stand, signal).catch((error: unknown) => {
      stand.distrust();
      throw error;
    });
    if (options.once) return;
    await stayUp(stand, options, signal);
  } finally {
    await stand.stop();
  }
}

/** One message to each system, one delivery to the checking of files. */
async function playAll(options: StartArguments, stand: Stand, signal: AbortSignal): Promise<void> {
  if (options.systems.includes('bot')) {
    const webhook = recordedWebhook(options, stand);
    tell(webhook, await playOnce(options, stand, webhook, signal));
  }
  if (stand.replies) {
    const { webhook, played } = await playReplies(stand.replies, stand.emulator, signal);
    tell(webhook, played);
  }
  if (stand.files) for (const line of tellFiles(await playFiles(stand.files, signal))) say(line);
}

/** Until Ctrl-C. The console takes the port after the stand-ins'. */
async function stayUp(stand: Stand, { port }: StartArguments, signal: AbortSignal): Promise<void> {
  const hasConsole = Object.keys(stand.bots).length > 0 || stand.replies !== undefined;
  const console = hasConsole ? await startConsole(stand, port + 1) : undefined;
  try {
    if (console) say(`\nConsole: http://127.0.0.1:${console.port}`);
    for (const [name, bot] of Object.entries(stand.bots)) say(`Webhook of ${name}: ${bot.webhookUrl}`);
    if (stand.replies) say(`Webhook of the reply engine: ${stand.replies.webhookUrl}`);
    if (stand.files) for (const line of handIn(stand.files)) say(line);
    say(`${console ? `Stand-ins: ${stand.serverUrl}. ` : ''}Ctrl-C ends everything.`);
    await aborted(signal);
  } finally {
    await console?.close();
  }
}

/** The recorded message, signed with this stand's secret. */
function recordedWebhook({ provider }: StartArguments, { secrets }: Stand): Webhook {
  return provider === 'telegram'
    ? telegramWebhook({ secretToken: secrets.telegramSecretToken })
    : whatsappWebhook({ appSecret: secrets.whatsappAppSecret, phoneNumberId: secrets.phoneNumberId });
}

/** When no reply comes, what the functions logged is the reason. */
async function playOnce(
  { provider }: StartArguments,
  { bots, standIns, emulator }: Stand,
  webhook: Webhook,
  signal: AbortSignal,
): Promise<Played> {
  const bot = bots[provider];
  if (!bot) throw new Error(`The stand has no ${provider} bot.`);
  const started = Date.now();
  try {
    const played = await play(webhook, { url: bot.webhookUrl, standIn: standIns[provider], signal });
    await turnFinished(emulator.endpoint, `${bot.name}-worker`, started);
    return played;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const names = [`${bot.name}-ingress`, `${bot.name}-worker`];
    const logs = await Promise.all(names.map((name) => functionLogs(emulator.endpoint, name, started)));
    throw new Problem([error.message, ...logs.flat()].join('\n'));
  }
}

function tell(webhook: Webhook, { status, answer, reply, tookMillis }: Played): void {
  say(`\nwebhook  ${webhook.text}`);
  say(`answer   ${status} ${answer}`);
  say(`reply    ${reply.text} (to ${reply.chatId}, after ${tookMillis} ms)`);
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    // A pending promise alone does not keep the process alive; the server does.
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

process.exitCode = await main();
