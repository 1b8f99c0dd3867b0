import { existsSync } from 'node:fs';
import path from 'node:path';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { awsStatus, callAws } from '../../runtime/core/aws-errors.ts';
import { progressOn } from '../progress.ts';
import { agentFileOf } from '../project/agent-file.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile } from '../project/secrets.ts';
import type { World } from '../world.ts';
import { opened } from './open-stack.ts';
import { packageProject } from './package.ts';
import { synthesise } from './synth.ts';
import { telegramApi, type WebhookInfo } from './telegram.ts';
import { type Change, stackFolder } from './terraform.ts';
import { differences } from './webhook.ts';

export interface DescribeFlags extends ProjectFlags {
  /** False: only what lies on this machine. */
  readonly aws?: boolean;
}

export interface Description {
  readonly name: string;
  readonly botType: Project['botType'];
  readonly busyPolicy: Project['busyPolicy'];
  readonly region: string | undefined;
  readonly parameterName: string;
  /** Local files, present or not. */
  readonly files: Readonly<Record<string, boolean>>;
  /** What is missing in the secrets, by variable. */
  readonly secretsMissing: readonly string[];
  /** Absent with `aws: false`. */
  readonly deployed?: Deployed;
}

interface Deployed {
  /** Empty before the first deployment; absent: the state could not be read. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly bucketExists: boolean;
  /**
   * What an update would change, because of the settings, the agent, or somebody's hand. Absent: it could not be
   * read, as without the registry of Terraform's plugins.
   */
  readonly drift?: readonly Change[];
  /** Telegram only. */
  readonly webhook?: WebhookInfo & { readonly differences: readonly string[] };
}

/** What is there: files, settings, the stack, the bucket, the webhook, and how they differ. */
export async function describe(flags: DescribeFlags, world: World): Promise<Description> {
  const project = openProject(flags, world.environment);
  const { name, botType, busyPolicy, region, parameterName } = project;
  const secrets = await readSecretsFile(project);
  const local = {
    name,
    botType,
    busyPolicy,
    region,
    parameterName,
    files: filesOf(project),
    secretsMissing: secrets?.faults ?? [],
  };
  if (flags.aws === false) return local;
  return { ...local, deployed: await deployedOf(project, world) };
}

function filesOf(project: Project): Readonly<Record<string, boolean>> {
  const agent = agentFileOf(project);
  const names = ['config.json', '.env.prod', '.gitignore', 'package.json', 'package-lock.json'];
  return {
    [path.basename(project.settingsFile)]: true,
    [agent === undefined ? 'agent.ts' : path.basename(agent)]: agent !== undefined,
    ...Object.fromEntries(names.map((name) => [name, existsSync(path.join(project.folder, name))])),
  };
}

async function deployedOf(project: Project, world: World): Promise<Deployed> {
  const progress = progressOn(world.terminal, world.clock);
  const packages = await packageProject(project, {}, world.bundles);
  await synthesise(project, packages, stackFolder(project.folder));
  const terraform = await opened(project, world);
  const readable = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      world.interruption().throwIfAborted();
      progress.say(`warning: ${(error as Error).message}`);
      return undefined;
    }
  };
  const plan = await readable(() =>
    progress.step('Comparing with AWS', async () => {
      await terraform.init();
      return terraform.plan();
    }),
  );
  const outputs = await readable(() => terraform.outputs());
  return {
    ...(outputs && { outputs }),
    bucketExists: await bucketExists(outputs?.bucket_name, project, world),
    ...(plan && { drift: plan.changes }),
    ...(await webhookOf(String(outputs?.webhook_url ?? ''), project, world)),
  };
}

async function bucketExists(name: unknown, { region }: Project, world: World): Promise<boolean> {
  if (typeof name !== 'string') return false;
  const s3 = await world.awsIn(region).s3();
  try {
    await callAws(world.clock, 's3:HeadBucket', () => s3.send(new HeadBucketCommand({ Bucket: name })));
    return true;
  } catch (error) {
    if (awsStatus(error) === 404) return false;
    throw error;
  }
}

async function webhookOf(url: string, project: Project, world: World) {
  const account = (await readSecretsFile(project))?.config?.telegram;
  if (project.botType !== 'telegram' || !account) return {};
  const info = await telegramApi(world.fetch, account).webhookInfo();
  return { webhook: { ...info, differences: differences(info, url) } };
}
