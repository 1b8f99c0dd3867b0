import { type Progress, progressOn } from '../progress.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile, type Secrets } from '../project/secrets.ts';
import type { World } from '../world.ts';
import { confirmPlan } from './confirm-plan.ts';
import { initialised } from './open-stack.ts';
import { type PackagedZip, type Packages, packageProject } from './package.ts';
import { checkSize, putParameter } from './parameter.ts';
import { readStoredSecrets } from './stored-secrets.ts';
import { resourcesOf, type StackJson, synthesise } from './synth.ts';
import { type Change, type Plan, stackFolder, type Terraform } from './terraform.ts';
import { registerWebhook } from './webhook.ts';

export interface UpdateFlags extends ProjectFlags {
  readonly plan?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
}

/** What an update did, or would do. */
export type UpdateResult =
  | ({
      readonly kind: 'dry-run';
      readonly steps: readonly string[];
      readonly zips: readonly PackagedZip[];
    } & {
      readonly resources: readonly string[];
      readonly stack: StackJson;
    })
  | { readonly kind: 'plan'; readonly changes: readonly Change[] }
  | {
      readonly kind: 'deployed';
      readonly name: string;
      readonly botType: Project['botType'];
      readonly changes: readonly Change[];
      readonly parameter: 'created' | 'changed' | 'unchanged' | 'elsewhere';
      readonly apiUrl: string;
      readonly webhookUrl: string;
      readonly webhook: 'registered' | 'unchanged' | 'by-hand';
    };

/** Deploys the project in `flags.dir`. Throws with every fault that can be found before anything is changed. */
export async function update(flags: UpdateFlags, world: World): Promise<UpdateResult> {
  const project = openProject(flags, world.environment);
  const progress = progressOn(world.terminal, world.clock, flags.quiet);
  const secrets = await checkedSecrets(project, world, flags.dryRun ?? false);
  for (const warning of secrets.warnings) progress.say(`warning: ${warning}`);
  const packages = await progress.step('Building the package', () =>
    packageProject(project, secrets.values, world.bundles),
  );
  const stack = await synthesise(project, packages, stackFolder(project.folder));
  if (flags.dryRun) return dryRun(project, packages, stack);
  const terraform = await initialised(project, world, progress);
  const plan = await progress.step('Planning', () => terraform.plan());
  if (flags.plan) return { kind: 'plan', changes: plan.changes };
  await confirmPlan(plan, world, flags.yes ?? false);
  return deploy({ project, secrets, terraform, plan, progress, world });
}

/** The local file, or what its owner put into Secrets Manager. */
async function checkedSecrets(project: Project, world: World, offline: boolean): Promise<Secrets> {
  const file = await readSecretsFile(project);
  const secrets =
    file ?? (project.isSecretReference && !offline ? await readStoredSecrets(project, world) : undefined);
  if (!secrets && project.isSecretReference)
    return { text: '', values: {}, config: undefined, faults: [], warnings: [] };
  if (!secrets) throw new Error(`There is no file ${project.environmentFile}: it holds the bot's secrets.`);
  if (secrets.faults.length > 0)
    throw new Error(`The secrets are not complete: ${secrets.faults.join('; ')}. See .env.prod.`);
  if (!project.isSecretReference) checkSize(secrets.text);
  return secrets;
}

function dryRun(project: Project, { zips }: Packages, stack: StackJson): UpdateResult {
  const { name, botType, parameterName, isSecretReference, region } = project;
  const resources = resourcesOf(stack);
  const steps = [
    ...(isSecretReference ? [] : [`put .env.prod into the SSM parameter ${parameterName}`]),
    `deploy ${resources.length} resources of the bot ${name} in ${region ?? 'the region of your AWS profile'}`,
    botType === 'telegram'
      ? 'register the webhook at Telegram'
      : "print how to set the webhook in Meta's dashboard",
  ];
  return { kind: 'dry-run', steps, zips, resources, stack };
}

interface Deployment {
  readonly project: Project;
  readonly secrets: Secrets;
  readonly terraform: Terraform;
  readonly plan: Plan;
  readonly progress: Progress;
  readonly world: World;
}

async function deploy(deployment: Deployment): Promise<UpdateResult> {
  const { project, terraform, plan, progress } = deployment;
  const parameter = await putSecrets(deployment);
  if (plan.changes.length > 0)
    await progress.step(`Applying ${plan.changes.length} changes`, (tell) => terraform.apply(plan, tell));
  const outputs = await terraform.outputs();
  const webhookUrl = String(outputs.webhook_url);
  const webhook = await setWebhook(deployment, webhookUrl);
  const { name, botType } = project;
  const apiUrl = String(outputs.api_url);
  return { kind: 'deployed', name, botType, changes: plan.changes, parameter, apiUrl, webhookUrl, webhook };
}

async function putSecrets({ project, secrets, progress, world }: Deployment) {
  if (project.isSecretReference) return 'elsewhere';
  const ports = { ssm: await world.awsIn(project.region).ssm(), clock: world.clock };
  const kmsKeyArn = project.inputs.kms_key_arn as string | undefined;
  const { name: botName, parameterName: name } = project;
  return progress.step(`Putting the secrets into ${name}`, () =>
    putParameter(ports, { name, botName, text: secrets.text, kmsKeyArn: kmsKeyArn ?? undefined }),
  );
}

async function setWebhook({ project, secrets, progress, world }: Deployment, url: string) {
  if (project.botType !== 'telegram' || !secrets.config) return 'by-hand';
  const account = secrets.config.telegram;
  return progress.step('Registering the webhook at Telegram', () =>
    registerWebhook({ url, account, folder: project.folder, fetch: world.fetch }),
  );
}
