import { chmod, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from './problem.ts';

/** What a stand remembers between starts. */
export interface Kept {
  /** The emulator's port: queue addresses hold it, so the next start must use it again. */
  readonly port: number;
  /** The stand-ins' port: a configuration may hold it, so a start that may take any takes it again. */
  readonly serverPort: number;
  /** What the last end in order left applied, by configuration; empty when it is not known. */
  readonly applied: Readonly<Record<string, Applied>>;
}

/** The result of an apply that holds as long as its configuration is the same. */
export interface Applied {
  readonly stamp: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The folder of a stand, used by one start at a time. */
export interface StandFolder {
  readonly emulator: string;
  /** Of one configuration. */
  terraform(name: string): string;
  /** What the last start left, if it came to an end in order. */
  kept(): Promise<Kept | undefined>;
  /** Says that the emulator's and Terraform's state belong together. */
  keep(kept: Kept): Promise<void>;
  /** Takes `keep` back, as long as something is changed. */
  forget(): Promise<void>;
  /** Deletes both states; configurations and plugins stay. */
  startOver(): Promise<void>;
  release(): Promise<void>;
}

/** Terraform's, in a configuration's folder. */
const STATE_FILES = ['terraform.tfstate', 'terraform.tfstate.backup'];

/** Takes the folder for this process. One that another living process holds is a `Problem`. */
export async function openStandFolder(folder: string): Promise<StandFolder> {
  await mkdir(folder, { recursive: true });
  // Messages and histories are nobody else's business.
  await chmod(folder, 0o700);
  const pidFile = path.join(folder, 'pid');
  await takePidFile(pidFile);
  const keptFile = path.join(folder, 'kept.json');
  const emulator = path.join(folder, 'emulator');
  const terraform = path.join(folder, 'terraform');
  const forget = () => rm(keptFile, { force: true });
  return {
    emulator,
    terraform: (name) => path.join(terraform, name),
    kept: () => readKept(keptFile),
    keep: (kept) => writeFile(keptFile, JSON.stringify(kept)),
    forget,
    startOver: async () => {
      await forget();
      await rm(emulator, { recursive: true, force: true });
      for (const name of await readdir(terraform).catch(() => []))
        for (const state of STATE_FILES) await rm(path.join(terraform, name, state), { force: true });
    },
    release: () => rm(pidFile, { force: true }),
  };
}

async function takePidFile(pidFile: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(pidFile, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
      if (isAlive(pid))
        throw new Problem(
          `A stand already runs in this folder (process ${pid}). End it with Ctrl-C. ` +
            `If that process is another program, delete ${pidFile}.`,
        );
      await rm(pidFile, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept>;
    const { port, serverPort = 0, applied = {} } = kept;
    return typeof port === 'number' ? { port, serverPort, applied } : undefined;
  } catch {
    return undefined;
  }
}
