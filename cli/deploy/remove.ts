import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { type ObjectVersions, s3ObjectVersions } from '../../runtime/core/object-versions.ts';
import { confirm, confirmed } from '../ask.ts';
import { type Progress, progressOn } from '../progress.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile } from '../project/secrets.ts';
import type { World } from '../world.ts';
import { backUp } from './backup.ts';
import { openState } from './open-stack.ts';
import { deleteParameter } from './parameter.ts';
import { readStoredSecrets } from './stored-secrets.ts';
import type { Plan, Terraform } from './terraform.ts';
import { deleteWebhook } from './webhook.ts';

export interface RemoveFlags extends ProjectFlags {
  readonly yes?: boolean;
  /** Folder of the backup; false: none. Default: beside the settings, by name and date. */
  readonly backup?: string | false;
}

export interface RemoveResult {
  readonly removed: readonly string[];
  /** Undefined: nothing was saved. */
  readonly backup?: { readonly folder: string; readonly objects: number };
}

interface Removal {
  readonly project: Project;
  readonly world: World;
  readonly progress: Progress;
  readonly terraform: Terraform;
  readonly plan: Plan;
  /** The bucket that the stack made; undefined when there is none or it is the user's own. */
  readonly bucket: string | undefined;
}

/** Takes the bot away, with a backup before. Throws, with nothing done, unless somebody says yes. */
export async function removeProject(flags: RemoveFlags, world: World): Promise<RemoveResult> {
  const removal = await prepare(openProject(flags, world.environment), world);
  const { project, plan, progress } = removal;
  world.terminal.error(`${planLines(removal).join('\n')}\n`);
  await confirmed(`Remove the bot ${project.name}?`, flags, world);
  const folder = await backupFolder(flags, removal);
  const backup = folder === undefined ? undefined : await saveHistories(removal, folder);
  const removed: string[] = [];
  if (await removeWebhook(removal)) removed.push('webhook');
  if (plan.changes.length > 0) {
    await destroy(removal);
    removed.push(`${plan.changes.length} resources`);
  }
  if (!project.isSecretReference) {
    const ports = { ssm: await world.awsIn(project.region).ssm(), clock: world.clock };
    const name = project.parameterName;
    if (await progress.step(`Deleting the secrets in ${name}`, () => deleteParameter(ports, name)))
      removed.push(name);
  }
  return { removed, ...(backup && { backup }) };
}

async function prepare(project: Project, world: World): Promise<Removal> {
  const progress = progressOn(world.terminal, world.clock);
  const terraform = await openState(project, world, progress);
  const plan = await progress.step('Planning', () => terraform.plan('destroy'));
  const { bucket_name: bucket } = await terraform.outputs();
  const isOurs = !project.inputs.bucket && typeof bucket === 'string';
  return { project, world, progress, terraform, plan, bucket: isOurs ? bucket : undefined };
}

function planLines({ project, plan, bucket }: Removal): readonly string[] {
  const { name, botType, parameterName, isSecretReference, inputs } = project;
  return [
    `Of the bot ${name} this would be removed:`,
    ...(botType === 'telegram' ? ['- the webhook at Telegram'] : []),
    `- ${plan.changes.length} resources of the stack, with functions, queues, dead letters, tables and logs`,
    ...(bucket === undefined ? [] : [`- the bucket ${bucket} with all histories, in every version`]),
    ...(isSecretReference ? [] : [`- the secrets in ${parameterName}`]),
    ...(inputs.bucket ? ['Your own bucket stays, with all that it holds.'] : []),
    ...(botType === 'whatsapp' ? ["Take the callback URL out of Meta's dashboard yourself."] : []),
  ];
}

/** Undefined: nothing is to be saved. Without a terminal a backup is made, as nobody could be asked. */
async function backupFolder(
  { backup, yes }: RemoveFlags,
  { project, bucket, world }: Removal,
): Promise<string | undefined> {
  if (bucket === undefined || backup === false) return undefined;
  if (backup !== undefined) return backup;
  const day = new Date(world.clock.nowMillis()).toISOString().slice(0, 10);
  const folder = `${project.folder}/${project.name}-histories-${day}`;
  if (yes || !world.ask) return folder;
  return (await confirm(world.ask, `Save all histories to ${folder} first?`, true)) ? folder : undefined;
}

async function bucketPorts({ world, project, bucket = '' }: Removal) {
  const s3 = await world.awsIn(project.region).s3();
  return {
    objects: s3ObjectStore(s3, bucket, world.clock),
    versions: s3ObjectVersions(s3, bucket, world.clock),
  };
}

async function saveHistories(removal: Removal, folder: string) {
  const { objects, versions } = await bucketPorts(removal);
  const count = await removal.progress.step(`Saving the histories to ${folder}`, () =>
    backUp(objects, versions, folder),
  );
  return { folder, objects: count };
}

/** A token that is gone or refused is no reason to keep the rest. */
async function removeWebhook({ project, world, progress }: Removal): Promise<boolean> {
  if (project.botType !== 'telegram') return false;
  try {
    const secrets = (await readSecretsFile(project)) ?? (await readStoredSecrets(project, world));
    const account = secrets.config?.telegram;
    if (!account) throw new Error('there is no usable token');
    await progress.step('Deleting the webhook at Telegram', () =>
      deleteWebhook({ account, folder: project.folder, fetch: world.fetch }),
    );
    return true;
  } catch (error) {
    progress.say(`warning: the webhook at Telegram stays: ${(error as Error).message}`);
    return false;
  }
}

const ATTEMPTS = 2;

/** A worker that still ran may have written after the bucket was emptied; then it is emptied once more. */
async function destroy(removal: Removal): Promise<void> {
  const { terraform, progress, bucket } = removal;
  let { plan } = removal;
  for (let attempt = 1; ; attempt += 1) {
    if (bucket !== undefined)
      await progress.step(`Emptying ${bucket}`, async () =>
        emptyBucket((await bucketPorts(removal)).versions),
      );
    try {
      const current = plan;
      await progress.step(`Removing ${current.changes.length} resources`, (tell) =>
        terraform.apply(current, tell),
      );
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !/BucketNotEmpty/.test((error as Error).message)) throw error;
      plan = await terraform.plan('destroy');
    }
  }
}

async function emptyBucket(versions: ObjectVersions): Promise<void> {
  await versions.delete(await versions.versions(''));
}
