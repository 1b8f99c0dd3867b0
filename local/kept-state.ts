import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from './problem.ts';

/** What a stand remembers between starts. */
export interface Kept {
  /** The emulator's port: queue addresses hold it, so the next start must use it again. */
  readonly port: number;
}

/** The folder of a stand, used by one start at a time. */
export interface StandFolder {
  readonly emulator: string;
  readonly terraform: string;
  /** What the last start left, if it came to an end in order. */
  kept(): Promise<Kept | undefined>;
  /** Says that the emulator's and Terraform's state belong together. */
  keep(kept: Kept): Promise<void>;
  /** Forgets both states; plugins stay. */
  startOver(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the folder for this process. One that another living process holds is a `Problem`. */
export async function openStandFolder(folder: string): Promise<StandFolder> {
  await mkdir(folder, { recursive: true });
  const pidFile = path.join(folder, 'pid');
  await takePidFile(pidFile);
  const keptFile = path.join(folder, 'kept.json');
  const emulator = path.join(folder, 'emulator');
  const terraform = path.join(folder, 'terraform');
  return {
    emulator,
    terraform,
    kept: () => readKept(keptFile),
    keep: (kept) => writeFile(keptFile, JSON.stringify(kept)),
    startOver: async () => {
      await rm(keptFile, { force: true });
      await rm(emulator, { recursive: true, force: true });
      await rm(terraform, { recursive: true, force: true });
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
        throw new Problem(`A stand already runs in this folder (process ${pid}). End it with Ctrl-C.`);
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
    return typeof kept.port === 'number' ? { port: kept.port } : undefined;
  } catch {
    return undefined;
  }
}
