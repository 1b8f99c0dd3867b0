import { progressOn } from '../progress.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile, type Secrets } from '../project/secrets.ts';
import { hasProject } from '../project/settings-file.ts';
import type { World } from '../world.ts';
import { accountFindings } from './checks/account.ts';
import { bad, checked, type Finding, ok, warning } from './checks/finding.ts';
import { lockFinding, secretsFindings, versionFinding } from './checks/local.ts';
import { errorFindings } from './checks/logs.ts';
import { deadLetterFinding } from './checks/queue.ts';
import { webhookFindings } from './checks/webhook.ts';
import { openState } from './open-stack.ts';
import { readStoredSecrets } from './stored-secrets.ts';

/** Looks at everything that may keep the bot from answering; reads alone. Throws on Ctrl-C, and where no project is. */
export async function doctor(flags: ProjectFlags, world: World): Promise<readonly Finding[]> {
  const version = versionFinding(world.nodeVersion);
  let project: Project;
  try {
    project = openProject(flags, world.environment);
  } catch (error) {
    if (!hasProject(flags)) throw error;
    return [version, bad('settings', (error as Error).message, 'Mend the file.')];
  }
  const local = await readSecretsFile(project);
  const account = await checked('credentials', CREDENTIALS_FIX, () =>
    accountFindings(project, world.awsIn(project.region)),
  );
  const reachable = account.some(({ check, state }) => check === 'credentials' && state === 'ok');
  const stored = reachable ? await storedSecrets(project, world) : undefined;
  const secrets = local ?? (project.isSecretReference ? stored : undefined);
  return [
    version,
    ok('settings', project.settingsFile),
    lockFinding(project),
    ...secretsFindings(project, secrets, world.clock.nowMillis()),
    ...account,
    ...(reachable ? storedFindings(project, local, stored) : []),
    ...(reachable ? await deployedFindings(project, secrets, world) : []),
  ];
}

const CREDENTIALS_FIX = 'Give AWS credentials (AWS_PROFILE, or aws configure) and a region.';

/** Undefined when there is none or it cannot be read: the finding says so. */
const storedSecrets = (project: Project, world: World): Promise<Secrets | undefined> =>
  readStoredSecrets(project, world).catch(() => undefined);

function storedFindings(
  { parameterName }: Project,
  local: Secrets | undefined,
  stored: Secrets | undefined,
): readonly Finding[] {
  const fix = 'Run hookline bot update.';
  if (!stored) return [bad('parameter', `${parameterName} cannot be read`, fix)];
  if (local && local.text !== stored.text)
    return [warning('parameter', `${parameterName} holds another text than .env.prod`, fix)];
  return [ok('parameter', parameterName)];
}

async function deployedFindings(
  project: Project,
  secrets: Secrets | undefined,
  world: World,
): Promise<readonly Finding[]> {
  const aws = world.awsIn(project.region);
  let outputs: Readonly<Record<string, unknown>> = {};
  const stack = await checked(
    'stack',
    'Terraform says what it lacks; hookline bot update --plan.',
    async () => {
      const terraform = await openState(project, world, progressOn(world.terminal, world.clock));
      outputs = await terraform.outputs();
      const { program, version } = terraform;
      return [ok('terraform', `${program} ${version}`)];
    },
  );
  world.interruption().throwIfAborted();
  if (stack.some(({ state }) => state === 'bad')) return stack;
  const { webhook_url: url, dead_letter_queue_url: deadLetters } = outputs;
  if (typeof url !== 'string')
    return [...stack, warning('stack', 'not deployed from here', 'Run hookline bot update.')];
  const config = secrets?.config;
  const groups = [outputs.ingress_log_group_name, outputs.worker_log_group_name].filter(
    (name) => typeof name === 'string',
  );
  return [
    ...stack,
    ...(config
      ? await checked('webhook', 'Run hookline bot webhook info.', () =>
          webhookFindings({ url, config, folder: project.folder, world }),
        )
      : []),
    ...(await checked('dead letters', RIGHTS_FIX, async () => [
      await deadLetterFinding(String(deadLetters), aws),
    ])),
    ...(await checked('errors', RIGHTS_FIX, () => errorFindings(groups, aws))),
  ];
}

const RIGHTS_FIX = 'Your credentials need the right for this call.';
