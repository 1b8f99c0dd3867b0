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
import { type AwsRecorder, type DeniedCall, startAwsRecorder } from './aws-recorder.ts';
import { BOTS, type BotName, type BotOutputs, resourceName, rootConfiguration } from './bots.ts';
import { agentControl } from './control.ts';
import { type FilesOutputs, filesRoot } from './files.ts';
import { mediaRoute, sentRoute } from './platform-routes.ts';
import { buildWorker, putRepliesSecrets, type RepliesOutputs, repliesRoot } from './replies.ts';
import { EDGE, edgeRoute, repliesStandIns, reportRoute } from './replies-routes.ts';

/** One emulator, one apply of the published modules, one set of stand-ins: plain data, so that it can be handed on. */
export interface TestStand {
  readonly backend: Backend;
  readonly endpoint: string;
  /** Stand-ins, their control, the agent's control and the recorded AWS calls. */
  readonly serverUrl: string;
  readonly secrets: BotSecrets;
  readonly bots: Readonly<Record<BotName, BotOutputs & { readonly webhookUrl: string }>>;
  /** Absent where it was not asked for. */
  readonly replies?: RepliesOutputs;
  /** Absent where it was not asked for. */
  readonly files?: FilesOutputs;
  /** To plan again. */
  readonly terraform: { readonly command: string; readonly folder: string };
}

export interface TestStandOptions {
  /** Its name: folders of its own below `.hookline`. */
  readonly name: string;
  readonly bots: readonly BotName[];
  /** Whether there is a reply engine; default false. */
  readonly replies?: boolean;
  /** Whether there is a checking of files; default false. */
  readonly files?: boolean;
  /** Called with what the functions called, at the end. Only MiniStack lets their calls be recorded. */
  readonly onRecorded?: (uses: ReturnType<AwsRecorder['uses']>) => Promise<void>;
  readonly say: (line: string) => void;
  /** Called with what must be ended, the last one first, whether or not the start succeeds. */
  readonly atEnd: (end: () => Promise<void>) => void;
}

/** What is known only once all is up. */
interface Later {
  recorder: AwsRecorder | undefined;
  apiUrl: string;
}

export async function startTestStand(options: TestStandOptions): Promise<TestStand> {
  const { name, bots: names, replies: hasReplies = false, onRecorded, say, atEnd } = options;
  const { backend, terraform: command } = await checkRequirements();
  say(`AWS emulator: ${backend}. Terraform: ${command}.`);
  const folder = await openStandFolder(path.resolve('.hookline', name));
  atEnd(() => folder.release());
  await folder.startOver();
  const built = await build(options);

  const later: Later = { recorder: undefined, apiUrl: '' };
  const server = await startServer(routes(later), 0, listenHost(backend));
  atEnd(() => server.close());
  const recorder = onRecorded && backend === 'ministack' ? await startAwsRecorder() : undefined;
  if (recorder) {
    atEnd(() => recorder.close());
    atEnd(async () => onRecorded?.(recorder.uses()));
    later.recorder = recorder;
  }
  const functionEndpoint = recorder && { functionEndpoint: recorder.endpoint };
  const emulator = await startEmulator(backend, { folder: folder.emulator, ...functionEndpoint, say });
  atEnd(() => folder.startOver());
  atEnd(() => emulator.stop());
  recorder?.forwardTo(emulator.endpoint);

  const { endpoint } = emulator;
  const serverUrl = `http://127.0.0.1:${server.port}`;
  const standInUrl = emulator.serverUrl(server.port);
  const secrets = newSecrets();
  const environment = environmentFile(secrets, standInUrl);
  for (const bot of names) await putEnvironment(endpoint, `/${resourceName(bot)}/prod/env`, environment);
  if (hasReplies) await putRepliesSecrets(endpoint);
  const configuration = folder.terraform('root');
  const urls = { standInUrl, publicUrl: `${serverUrl}${EDGE}/whatsapp` };
  await writeRoot(configuration, options, { ...built, ...urls });
  const terraform = { command, folder: configuration, endpoint, say };
  await prepareForEmulator(terraform);
  const { replies, files, ...outputs } = (await applyToEmulator(terraform)) as Record<BotName, BotOutputs> & {
    readonly replies?: RepliesOutputs;
    readonly files?: FilesOutputs;
  };
  if (backend === 'localstack')
    for (const bot of names.filter((bot) => BOTS[bot].busy_policy === 'drop'))
      await copyDestinationToVersion(endpoint, `${resourceName(bot)}-worker`, 'live');
  if (backend === 'localstack' && files)
    await copyDestinationToVersion(endpoint, files.processor_function_name, 'live');
  const bots = Object.fromEntries(
    Object.entries(outputs).map(([bot, output]) => [
      bot,
      { ...output, webhookUrl: emulatedUrl(endpoint, output.webhook_url) },
    ]),
  ) as TestStand['bots'];
  if (replies) later.apiUrl = `${endpoint}/_aws/execute-api/${replies.rest_api_id}/${replies.rest_api_stage}`;
  return {
    backend,
    endpoint,
    serverUrl,
    secrets,
    bots,
    ...(replies && { replies }),
    ...(files && { files }),
    terraform: { command, folder: configuration },
  };
}

interface Built {
  readonly modules: {
    readonly bot: string;
    readonly replies: string | undefined;
    readonly files: string | undefined;
  };
  readonly agentZip: string;
  readonly workerZip: string | undefined;
}

/** Builds what is deployed, as a release does. */
function build({ name, replies = false, files = false, say }: TestStandOptions): Promise<Built> {
  const below = path.join('.hookline', name);
  const zips = path.join(below, 'zips');
  return step(say, 'Building bundles and modules', async () => {
    await mkdir(zips, { recursive: true });
    await buildBundles();
    const agent = await buildAgentBundle('test/emulator/support/controlled-agent.ts', zips);
    const outdir = path.join(below, 'modules');
    return {
      modules: {
        bot: await publishModule('bot', { outdir }),
        replies: replies ? await publishModule('replies', { outdir }) : undefined,
        files: files ? await publishModule('files', { outdir }) : undefined,
      },
      agentZip: path.resolve(agent.zipPath),
      workerZip: replies ? await buildWorker(zips) : undefined,
    };
  });
}

/** A root that uses the modules. */
async function writeRoot(
  folder: string,
  { bots }: TestStandOptions,
  {
    modules,
    agentZip,
    workerZip,
    ...urls
  }: Built & { readonly standInUrl: string; readonly publicUrl: string },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const ofBots = rootConfiguration({ bots, moduleFolder: modules.bot, agentZip, folder });
  const ofReplies =
    modules.replies !== undefined && workerZip !== undefined
      ? repliesRoot({ moduleFolder: modules.replies, workerZip, folder, ...urls })
      : { module: {}, output: {} };
  const ofFiles = modules.files === undefined ? { module: {}, output: {} } : filesRoot(modules.files, folder);
  const root = {
    module: { ...ofBots.module, ...ofReplies.module, ...ofFiles.module },
    output: { ...ofBots.output, ...ofReplies.output, ...ofFiles.output },
  };
  await writeFile(path.join(folder, 'main.tf.json'), JSON.stringify(root, null, 2));
}

function routes(later: Later): readonly Route[] {
  const replies = repliesStandIns();
  const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn(), ...replies };
  const recorded: Route = async (request, url) => {
    if (url.pathname !== '/_test/aws-calls') return undefined;
    if (request.method === 'POST') later.recorder?.deny((await request.json()) as DeniedCall);
    return Response.json(later.recorder?.uses() ?? []);
  };
  return [
    platformRoute(standIns),
    controlRoute(standIns),
    mediaRoute(standIns.whatsapp),
    sentRoute(standIns),
    agentControl(),
    recorded,
    reportRoute(replies.twilio),
    edgeRoute(later),
  ];
}
