import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Backend, emulatedUrl, listenHost, startEmulator } from '../../../local/emulator/emulator.ts';
import { openStandFolder } from '../../../local/kept-state.ts';
import { step } from '../../../local/progress.ts';
import { checkRequirements } from '../../../local/requirements.ts';
import { type BotSecrets, environmentFile, newSecrets, putEnvironment } from '../../../local/secrets.ts';
import { type Route, startServer } from '../../../local/server.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { controlRoute, platformRoute } from '../../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import { applyToEmulator, prepareForEmulator } from '../../../local/terraform.ts';
import { publishModule } from '../../../modules/publish.ts';
import { buildAgentBundle, buildBundles } from '../../../runtime/build.ts';
import { copyDestinationToVersion } from './alias-destination.ts';
import { type AwsRecorder, startAwsRecorder } from './aws-recorder.ts';
import { BOTS, type BotName, type BotOutputs, resourceName, rootConfiguration } from './bots.ts';
import { agentControl } from './control.ts';
import { mediaRoute, sentRoute } from './platform-routes.ts';

/** One emulator, one apply of the published module, one set of stand-ins: plain data, so that it can be handed on. */
export interface TestStand {
  readonly backend: Backend;
  readonly endpoint: string;
  /** Stand-ins, their control, the agent's control and the recorded AWS calls. */
  readonly serverUrl: string;
  readonly secrets: BotSecrets;
  readonly bots: Readonly<Record<BotName, BotOutputs & { readonly webhookUrl: string }>>;
  /** To plan again. */
  readonly terraform: { readonly command: string; readonly folder: string };
}

export interface TestStandOptions {
  /** Its name: folders of its own below `.hookline`. */
  readonly name: string;
  readonly bots: readonly BotName[];
  /** Called with what the functions called, at the end. Only MiniStack lets their calls be recorded. */
  readonly onRecorded?: (uses: ReturnType<AwsRecorder['uses']>) => Promise<void>;
  readonly say: (line: string) => void;
  /** Called with what must be ended, the last one first, whether or not the start succeeds. */
  readonly atEnd: (end: () => Promise<void>) => void;
}

export async function startTestStand(options: TestStandOptions): Promise<TestStand> {
  const { name, bots: names, onRecorded, say, atEnd } = options;
  const { backend, terraform: command } = await checkRequirements();
  say(`AWS emulator: ${backend}. Terraform: ${command}.`);
  const folder = await openStandFolder(path.resolve('.hookline', name));
  atEnd(() => folder.release());
  await folder.startOver();
  const configuration = folder.terraform('root');
  await writeRoot(configuration, options);

  const uses: { list(): readonly object[] } = { list: () => [] };
  const server = await startServer(routes(uses), 0, listenHost(backend));
  atEnd(() => server.close());
  const recorder = onRecorded && backend === 'ministack' ? await startAwsRecorder() : undefined;
  if (recorder) {
    atEnd(() => recorder.close());
    atEnd(async () => onRecorded?.(recorder.uses()));
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
  for (const bot of names) await putEnvironment(endpoint, `/${resourceName(bot)}/prod/env`, environment);
  const terraform = { command, folder: configuration, endpoint, say };
  await prepareForEmulator(terraform);
  const outputs = await applyToEmulator(terraform);
  if (backend === 'localstack')
    for (const bot of names.filter((bot) => BOTS[bot].busy_policy === 'drop'))
      await copyDestinationToVersion(endpoint, `${resourceName(bot)}-worker`, 'live');
  const bots = Object.fromEntries(
    Object.entries(outputs as Record<BotName, BotOutputs>).map(([bot, output]) => [
      bot,
      { ...output, webhookUrl: emulatedUrl(endpoint, output.webhook_url) },
    ]),
  ) as TestStand['bots'];
  const serverUrl = `http://127.0.0.1:${server.port}`;
  return { backend, endpoint, serverUrl, secrets, bots, terraform: { command, folder: configuration } };
}

/** Builds what is deployed, as a release does, and a root that uses it. */
async function writeRoot(folder: string, { name, bots, say }: TestStandOptions): Promise<void> {
  const below = path.join('.hookline', name);
  const { moduleFolder, agentZip } = await step(say, 'Building bundles and module', async () => {
    await buildBundles();
    const agent = await buildAgentBundle(
      'test/emulator/support/controlled-agent.ts',
      path.join(below, 'zips'),
    );
    const moduleFolder = await publishModule('bot', { outdir: path.join(below, 'modules') });
    return { moduleFolder, agentZip: path.resolve(agent.zipPath) };
  });
  await mkdir(folder, { recursive: true });
  const root = rootConfiguration({ bots, moduleFolder, agentZip, folder });
  await writeFile(path.join(folder, 'main.tf.json'), JSON.stringify(root, null, 2));
}

function routes(uses: { list(): readonly object[] }): readonly Route[] {
  const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
  const recorded: Route = async (_request, url) =>
    url.pathname === '/_test/aws-calls' ? Response.json(uses.list()) : undefined;
  return [
    platformRoute(standIns),
    controlRoute(standIns),
    mediaRoute(standIns.whatsapp),
    sentRoute(standIns),
    agentControl(),
    recorded,
  ];
}
