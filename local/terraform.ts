import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandError, probe, run } from './process.ts';
import { type Say, step } from './progress.ts';

export const TERRAFORM_HELP =
  'Terraform or OpenTofu is needed. Get one from https://developer.hashicorp.com/terraform/install or ' +
  'https://opentofu.org/docs/intro/install/ and see that it is in your PATH.';

/**
 * `terraform`, else `tofu`, whichever runs; undefined when neither does. `TERRAFORM_BINARY_NAME`, the variable
 * of the CDKTF command, names another program and admits no other.
 */
export async function findTerraform(
  chosen: string | undefined = process.env.TERRAFORM_BINARY_NAME,
): Promise<string | undefined> {
  for (const command of chosen ? [chosen] : ['terraform', 'tofu']) {
    if (await probe(command, ['version'])) return command;
  }
  return undefined;
}

/** Region of everything local. */
export const REGION = 'us-east-1';

/** Keys that open nothing but an emulator. */
export const TEST_KEYS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Kept between starts, so that a provider is downloaded once. */
const PLUGIN_CACHE = path.resolve('.hookline/terraform-plugins');

export interface TerraformOptions {
  /** `terraform` or `tofu`. */
  readonly command: string;
  /** Holds the configuration as JSON; state and plugins are kept there too. */
  readonly folder: string;
  /** The emulator's. */
  readonly endpoint: string;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/** Makes the configuration in `folder` ready to be applied. Not two at a time: they share the plugins. */
export async function prepareForEmulator(options: TerraformOptions): Promise<void> {
  const { command, folder, say } = options;
  await mkdir(PLUGIN_CACHE, { recursive: true });
  await writeFile(path.join(folder, OVERRIDE_FILE), JSON.stringify(OVERRIDE, null, 2));
  const title = `Preparing ${nameOf(command)} for ${path.basename(folder)}`;
  await step(say, title, () => terraform(options, ['init', '-input=false', '-no-color']));
}

/** Applies the configuration in `folder` to an emulator and returns its outputs. */
export async function applyToEmulator(options: TerraformOptions): Promise<Readonly<Record<string, unknown>>> {
  const { command, folder, say } = options;
  const progress = applyProgress();
  const apply = ['apply', '-auto-approve', '-input=false', '-parallelism=100', '-json'];
  const title = `Applying ${path.basename(folder)} with ${nameOf(command)}`;
  try {
    await step(say, title, () => terraform(options, apply, progress.onLine), progress.detail);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${command} apply`, progress.errors() || error.output);
  }
  const outputs = JSON.parse(await terraform(options, ['output', '-json'])) as Record<
    string,
    { value: unknown }
  >;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** A provider leaves its socket behind when it is killed, so each run has a temporary folder of its own. */
async function terraform(
  { command, folder, endpoint, signal }: Omit<TerraformOptions, 'say'>,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<string> {
  // In the system's own: a socket's path may not be long.
  const temp = await mkdtemp(path.join(tmpdir(), 'hookline-'));
  try {
    const env = { ...environment(endpoint), TMPDIR: temp };
    return await run(command, args, {
      cwd: folder,
      env,
      ...(signal && { signal }),
      ...(onLine && { onLine }),
    });
  } finally {
    await rm(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What another apply would do to a resource. */
export interface PlannedChange {
  readonly address: string;
  /** Attributes whose value is known beforehand and is another one. */
  readonly attributes: readonly string[];
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: Readonly<Record<string, unknown>> | null;
      readonly after: Readonly<Record<string, unknown>> | null;
    };
  }[];
}

/** What another apply of what was applied would change. */
export async function planOnEmulator(
  options: Omit<TerraformOptions, 'say'>,
): Promise<readonly PlannedChange[]> {
  const file = path.join(options.folder, 'second.tfplan');
  try {
    await terraform(options, ['plan', '-input=false', '-lock=false', '-parallelism=100', `-out=${file}`]);
    const plan = JSON.parse(await terraform(options, ['show', '-json', file])) as PlanJson;
    return (plan.resource_changes ?? [])
      .filter(({ mode, change }) => mode === 'managed' && !change.actions.includes('no-op'))
      .map(({ address, change: { before, after } }) => ({
        address,
        attributes: Object.entries(after ?? { '(whole)': null })
          .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name]))
          .map(([name]) => name),
      }));
  } finally {
    await rm(file, { force: true });
  }
}

const nameOf = (command: string) => (command === 'tofu' ? 'OpenTofu' : 'Terraform');

/** Read last by Terraform, so it wins. */
export const OVERRIDE_FILE = 'zz_emulator_override.tf.json';

/** Makes any configuration one for an emulator, whatever provider and backend settings it brings. */
export const OVERRIDE = {
  terraform: { backend: { local: { path: 'terraform.tfstate' } } },
  provider: {
    aws: [
      {
        region: REGION,
        access_key: TEST_KEYS.accessKeyId,
        secret_key: TEST_KEYS.secretAccessKey,
        skip_credentials_validation: true,
        skip_metadata_api_check: 'true',
        s3_use_path_style: true,
      },
    ],
  },
};

/** The caller's own AWS settings are taken away: nothing here may ever reach a real account. */
function environment(endpoint: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(inherited),
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_REGION: REGION,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    TF_PLUGIN_CACHE_DIR: process.env.TF_PLUGIN_CACHE_DIR ?? PLUGIN_CACHE,
  };
}

/** Follows the events of `apply -json`. */
function applyProgress() {
  let done = 0;
  let planned = 0;
  const running = new Set<string>();
  const errors: string[] = [];
  const onLine = (line: string) => {
    const { type, changes, hook, diagnostic } = parse(line);
    const address = hook?.resource?.addr ?? '';
    if (type === 'change_summary' && changes?.operation === 'plan')
      planned = changes.add + changes.change + changes.remove;
    if (type === 'apply_start' && hook?.action !== 'read') running.add(address);
    if (type === 'apply_complete' && running.delete(address)) done += 1;
    if (type === 'diagnostic' && diagnostic?.severity === 'error')
      errors.push([diagnostic.address, diagnostic.summary, diagnostic.detail].filter(Boolean).join('\n'));
  };
  const detail = () => (planned > 0 ? `${done} of ${planned} resources` : '');
  return { onLine, detail, errors: () => errors.join('\n\n') };
}

interface ApplyEvent {
  readonly type?: string;
  readonly changes?: {
    readonly operation: string;
    readonly add: number;
    readonly change: number;
    readonly remove: number;
  };
  readonly hook?: { readonly action?: string; readonly resource?: { readonly addr?: string } };
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

function parse(line: string): ApplyEvent {
  try {
    return JSON.parse(line) as ApplyEvent;
  } catch {
    return {};
  }
}
