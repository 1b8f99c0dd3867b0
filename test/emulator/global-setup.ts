import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Backend, emulatedUrl, listenHost, startEmulator } from '../../local/emulator/emulator.ts';
import { openStandFolder } from '../../local/kept-state.ts';
import { step } from '../../local/progress.ts';
import { checkRequirements } from '../../local/requirements.ts';
import { type BotSecrets, environmentFile, newSecrets, putEnvironment } from '../../local/secrets.ts';
import { type Route, startServer } from '../../local/server.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { controlRoute, platformRoute } from '../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';
import { applyToEmulator, prepareForEmulator } from '../../local/terraform.ts';
import { publishBot } from '../../modules/publish.ts';
import { buildAgentBundle, buildBundles } from '../../runtime/build.ts';
import { copyDestinationToVersion } from './support/alias-destination.ts';
import { type AwsUse, startAwsRecorder } from './support/aws-recorder.ts';
import {
  BOT_NAMES,
  BOTS,
  type BotName,
  type BotOutputs,
  resourceName,
  rootConfiguration,
} from './support/bots.ts';
import { agentControl } from './support/control.ts';

/** What the tests of the tier share: one emulator, one apply, one set of stand-ins. */
export interface EmulatorContext {
  readonly backend: Backend;
  readonly endpoint: string;
  /** Stand-ins, their control, the agent's control and the recorded AWS calls. */
  readonly serverUrl: string;
  readonly secrets: BotSecrets;
  readonly bots: Readonly<Record<BotName, BotOutputs & { readonly webhookUrl: string }>>;
  /** To plan again. */
  readonly terraform: { readonly command: string; readonly folder: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    emulator: EmulatorContext;
  }
}

const say = (line: string) => console.log(line);

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const ends: (() => Promise<void>)[] = [];
  const tearDown = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    project.provide('emulator', await start((end) => ends.push(end)));
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

async function start(atEnd: (end: () => Promise<void>) => void): Promise<EmulatorContext> {
  const { backend, terraform: command } = await checkRequirements();
  say(`AWS emulator: ${backend}. Terraform: ${command}.`);
  if (backend !== 'ministack')
    say(
      'Not run here: least-privilege.test.ts. Only MiniStack lets the calls of functions pass the recorder.',
    );
  const folder = await openStandFolder(path.resolve('.hookline/emulator-tier'));
  atEnd(() => folder.release());
  await folder.startOver();
  const configuration = folder.terraform('root');
  await writeRoot(configuration);

  const uses: { list(): readonly object[] } = { list: () => [] };
  const server = await startServer(routes(uses), 0, listenHost(backend));
  atEnd(() => server.close());
  const recorder = backend === 'ministack' ? await startAwsRecorder() : undefined;
  if (recorder) {
    atEnd(() => recorder.close());
    atEnd(() => writeReport(recorder.uses()));
    uses.list = () => recorder.uses();
  }
  const functionEndpoint = recorder && { functionEndpoint: recorder.endpoint };
  const emulator = await startEmulator(backend, { folder: folder.emulator, ...functionEndpoint, say });
  atEnd(() => folder.startOver());
  atEnd(() => emulator.stop());
  recorder?.forwardTo(emulator.endpoint);

  const { endpoint } = emulator;
  const secrets = newSecrets();
  const environment = environmentFile(secrets, emulator.serverUrl(server.port));
  for (const name of BOT_NAMES)
    await putEnvironment(endpoint, `/${resourceName(name)}/prod/env`, environment);
  const terraform = { command, folder: configuration, endpoint, say };
  await prepareForEmulator(terraform);
  const outputs = await applyToEmulator(terraform);
  if (backend === 'localstack')
    for (const name of BOT_NAMES.filter((bot) => BOTS[bot].busy_policy === 'drop'))
      await copyDestinationToVersion(endpoint, `${resourceName(name)}-worker`, 'live');
  const bots = Object.fromEntries(
    Object.entries(outputs as Record<BotName, BotOutputs>).map(([name, bot]) => [
      name,
      { ...bot, webhookUrl: emulatedUrl(endpoint, bot.webhook_url) },
    ]),
  ) as EmulatorContext['bots'];
  const serverUrl = `http://127.0.0.1:${server.port}`;
  return { backend, endpoint, serverUrl, secrets, bots, terraform: { command, folder: configuration } };
}

/** Builds what is deployed, as a release does, and a root that uses it. */
async function writeRoot(folder: string): Promise<void> {
  const { moduleFolder, agentZip } = await step(say, 'Building bundles and module', async () => {
    await buildBundles();
    const agent = await buildAgentBundle(
      'test/emulator/support/controlled-agent.ts',
      '.hookline/emulator-tier/zips',
    );
    const moduleFolder = await publishBot({ outdir: '.hookline/emulator-tier/modules' });
    return { moduleFolder, agentZip: path.resolve(agent.zipPath) };
  });
  await mkdir(folder, { recursive: true });
  const root = rootConfiguration({ moduleFolder, agentZip, folder });
  await writeFile(path.join(folder, 'main.tf.json'), JSON.stringify(root, null, 2));
}

/** What the functions called, for whoever wants to read it. */
async function writeReport(uses: readonly AwsUse[]): Promise<void> {
  const sorted = uses.map((use) => JSON.stringify(use)).sort();
  await mkdir('dist/reports', { recursive: true });
  await writeFile('dist/reports/aws-calls.json', `[\n${sorted.join(',\n')}\n]\n`);
}

function routes(uses: { list(): readonly object[] }): readonly Route[] {
  const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
  const recorded: Route = async (_request, url) =>
    url.pathname === '/_test/aws-calls' ? Response.json(uses.list()) : undefined;
  return [platformRoute(standIns), controlRoute(standIns), agentControl(), recorded];
}
