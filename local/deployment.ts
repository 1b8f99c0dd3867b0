import { type Backend, type Emulator, startEmulator } from './emulator/emulator.ts';
import type { Applied, Kept, StandFolder } from './kept-state.ts';
import { CommandError, isPortFree } from './process.ts';
import type { Say } from './progress.ts';
import { configurationStamp, functionsAnswer } from './stamp.ts';
import { applyToEmulator, prepareForEmulator, type TerraformOptions } from './terraform.ts';

/** One stack of a stand; its synthesised configuration lies in the stand's folder under its name. */
export interface StandStack {
  readonly name: string;
  /** Of its functions: when one is missing, the stack is applied again. */
  readonly functions: readonly string[];
  /** What must be there before Terraform runs. */
  beforeApply?(emulator: Emulator): Promise<void>;
}

export interface DeployOptions {
  readonly backend: Backend;
  /** `terraform` or `tofu`. */
  readonly terraform: string;
  readonly stacks: readonly StandStack[];
  /** Of the stand-ins. */
  readonly serverPort: number;
  readonly say: Say;
  readonly signal: AbortSignal;
}

type Outputs = Readonly<Record<string, unknown>>;

/** What one attempt brings up. */
export interface Deployed {
  readonly emulator: Emulator;
  /** By stack. */
  readonly outputs: Readonly<Record<string, Outputs>>;
  /** To be kept when the emulator has ended in order. */
  readonly kept: Kept;
}

/** Deploys onto the kept state if there is one that can be used, else, or if that fails, onto a new one. */
export async function deploy(folder: StandFolder, options: DeployOptions): Promise<Deployed> {
  const kept = await folder.kept();
  const usable = options.backend === 'ministack' && kept !== undefined && (await isPortFree(kept.port));
  if (usable) {
    try {
      return await attempt(folder, options, kept);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      options.say('What the last start left does not fit any more. Starting over.');
    }
  }
  await folder.startOver();
  return attempt(folder, options, undefined);
}

async function attempt(
  folder: StandFolder,
  options: DeployOptions,
  before: Kept | undefined,
): Promise<Deployed> {
  // From here on the states belong together only if all goes well.
  await folder.forget();
  const { say, signal, serverPort } = options;
  const emulator = await startEmulator(options.backend, {
    folder: folder.emulator,
    persist: true,
    ...(before && { port: before.port }),
    say,
    signal,
  });
  try {
    const known = before?.applied ?? {};
    const deployed = await applyStacks(folder, options, emulator, known);
    const applied = { ...known, ...deployed };
    const port = Number(new URL(emulator.endpoint).port);
    // What is applied is sure only once the emulator has saved it.
    await folder.keep({ port, serverPort, applied: {} });
    const outputs = Object.entries(deployed).map(([name, stack]) => [name, stack.outputs]);
    return { emulator, outputs: Object.fromEntries(outputs), kept: { port, serverPort, applied } };
  } catch (error) {
    await emulator.stop();
    await folder.startOver();
    throw error;
  }
}

/** All stacks at once, because most of an apply is waiting. The first failure ends the others. */
async function applyStacks(
  folder: StandFolder,
  { backend, stacks, terraform: command, say, signal }: DeployOptions,
  emulator: Emulator,
  known: Kept['applied'],
): Promise<Kept['applied']> {
  const failed = new AbortController();
  const { endpoint } = emulator;
  const optionsOf = (name: string): TerraformOptions => ({
    command,
    folder: folder.terraform(name),
    endpoint,
    say,
    signal: AbortSignal.any([signal, failed.signal]),
  });
  const applied = new Map<string, Applied>();
  for (const { name, functions } of stacks) {
    const stamp = await configurationStamp(folder.terraform(name), backend);
    const last = known[name];
    if (last?.stamp === stamp && (await functionsAnswer(endpoint, functions))) {
      say(`  ✓ ${name} is unchanged since the last start`);
      applied.set(name, last);
    } else {
      await prepareForEmulator(optionsOf(name));
      applied.set(name, { stamp, outputs: {} });
    }
  }
  const apply = async ({ name, beforeApply }: StandStack, { stamp }: Applied) => {
    await beforeApply?.(emulator);
    applied.set(name, { stamp, outputs: await applyToEmulator(optionsOf(name)) });
  };
  const applying = stacks.flatMap((stack) => {
    const now = applied.get(stack.name);
    return now && now !== known[stack.name] ? [apply(stack, now)] : [];
  });
  try {
    await Promise.all(applying);
  } finally {
    failed.abort();
    await Promise.allSettled(applying);
  }
  return Object.fromEntries(applied);
}
