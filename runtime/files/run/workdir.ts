import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Folders of a run. Inputs, specification and outputs are apart, so no name can clash (contract files §3.4, B8). */
export interface Workdir {
  readonly root: string;
  readonly inputs: string;
  readonly config: string;
  readonly outputs: string;
}

/** A fresh folder for an attempt; what an earlier run of it left is removed. */
export async function makeWorkdir(base: string, executionId: string, attempt: number): Promise<Workdir> {
  const root = path.join(base, `${executionId}-${attempt}`);
  await rm(root, { recursive: true, force: true });
  const workdir = {
    root,
    inputs: path.join(root, 'in'),
    config: path.join(root, 'cfg'),
    outputs: path.join(root, 'out'),
  };
  for (const folder of [workdir.inputs, workdir.config, workdir.outputs])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  return workdir;
}

export const removeWorkdir = ({ root }: Workdir): Promise<void> => rm(root, { recursive: true, force: true });

/** Removes what killed runs left, in a process that runs one at a time. */
export async function sweepWorkdirs(base: string): Promise<void> {
  await rm(base, { recursive: true, force: true });
  await mkdir(base, { recursive: true, mode: 0o700 });
}

/** Names of the files below a folder, `/` between folders, sorted. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

export const sizeOf = async (file: string): Promise<number> => (await stat(file)).size;
