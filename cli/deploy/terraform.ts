import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../runtime/core/config.ts';
import type { ProgramResult, RunProgram } from '../program.ts';

/** What a plan would do. */
export interface Plan {
  /** Name of the saved plan in the stack's folder. */
  readonly file: string;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly address: string;
  readonly action: 'create' | 'update' | 'replace' | 'delete';
}

/** Terraform or OpenTofu on one synthesised stack. */
export interface Terraform {
  readonly program: string;
  readonly version: string;
  init(): Promise<void>;
  plan(kind?: 'apply' | 'destroy'): Promise<Plan>;
  /** Applies a saved plan; `tell` hears how far it is. */
  apply(plan: Plan, tell: (detail: string) => void): Promise<void>;
  /** Empty before the first apply. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
}

export interface TerraformOptions {
  readonly folder: string;
  readonly environment: Environment;
  readonly runProgram: RunProgram;
  readonly signal: AbortSignal;
}

const INSTALL_HELP =
  'Get one from https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install/';

/** `terraform`, else `tofu`; `TERRAFORM_BINARY_NAME` names another program and admits no other. Throws without one. */
export async function openTerraform(options: TerraformOptions): Promise<Terraform> {
  const { folder, signal, runProgram } = options;
  const environment = {
    ...options.environment,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
  };
  await mkdir(folder, { recursive: true });
  const { program, version } = await findProgram({ ...options, environment });
  const run = async (args: readonly string[], onLine?: (line: string) => void): Promise<string> => {
    const result = await runProgram(program, args, {
      folder,
      environment,
      signal,
      ...(onLine && { onLine }),
    });
    signal.throwIfAborted();
    if (result?.exitCode === 0) return result.out;
    throw new Error(`${program} ${args[0]} failed:\n${result ? complaint(result) : ''}`);
  };
  return {
    program,
    version,
    init: async () => void (await run(['init', '-no-color', '-reconfigure'])),
    async plan(kind = 'apply') {
      const file = `${kind}.tfplan`;
      await run(['plan', '-json', `-out=${file}`, ...(kind === 'destroy' ? ['-destroy'] : [])]);
      return { file, changes: changesIn(JSON.parse(await run(['show', '-json', file])) as PlanJson) };
    },
    apply: async ({ file, changes }, tell) => {
      let done = 0;
      await run(['apply', '-json', file], (line) => {
        if (eventOf(line)?.type !== 'apply_complete') return;
        done += 1;
        tell(`${done} of ${changes.length} resources`);
      });
    },
    async outputs() {
      const outputs = JSON.parse(await run(['output', '-json'])) as Record<string, { value: unknown }>;
      return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    },
  };
}

async function findProgram({ folder, environment, signal, runProgram }: TerraformOptions) {
  const chosen = environment.TERRAFORM_BINARY_NAME;
  for (const program of chosen ? [chosen] : ['terraform', 'tofu']) {
    const result = await runProgram(program, ['version', '-json'], { folder, environment, signal });
    if (result?.exitCode !== 0) continue;
    return { program, version: String(eventOf(result.out)?.terraform_version ?? 'unknown') };
  }
  throw new Error(`Terraform or OpenTofu is needed in your PATH. ${INSTALL_HELP}`);
}

interface Event {
  readonly type?: string;
  readonly terraform_version?: string;
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

function eventOf(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

const LAST_LINES = 40;

/** Its errors by their JSON events, else what it wrote last. */
function complaint({ out, error }: ProgramResult): string {
  const diagnostics = out
    .split('\n')
    .map((line) => eventOf(line)?.diagnostic)
    .filter((diagnostic) => diagnostic?.severity === 'error')
    .map((found) => [found?.address, found?.summary, found?.detail].filter(Boolean).join('\n'));
  if (diagnostics.length > 0) return diagnostics.join('\n\n');
  return `${out}\n${error}`.trim().split('\n').slice(-LAST_LINES).join('\n');
}

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly change: { readonly actions: readonly string[] };
  }[];
}

const changesIn = ({ resource_changes: changes = [] }: PlanJson): readonly Change[] =>
  changes.flatMap(({ address, mode, change: { actions } }) => {
    const action = mode === 'managed' ? actionOf(actions) : undefined;
    return action ? [{ address, action }] : [];
  });

function actionOf(actions: readonly string[]): Change['action'] | undefined {
  if (actions.length === 2) return 'replace';
  return (['create', 'update', 'delete'] as const).find((action) => action === actions[0]);
}

/** Where the synthesised stack and Terraform's plugins lie. */
export const stackFolder = (projectFolder: string): string => path.join(projectFolder, '.hookline', 'bot');
