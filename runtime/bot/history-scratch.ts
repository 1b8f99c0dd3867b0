import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** This process's own folder. A killed one left files under another name, so they are never read. */
const OWN = `${process.pid}-${randomUUID()}`;
let opened = 0;

/** A copy of a database on this machine's disk. */
export interface ScratchFile {
  readonly path: string;
  /** Removes it and its side files. */
  remove(): void;
}

/**
 * Writes a scratch copy below a folder, one for each call: two opens of one chat must not share a file, and side
 * files of a killed run would replace rows that were just fetched (contract bot §11.8).
 */
export function scratchFile(folder: string, body: Uint8Array): ScratchFile {
  const own = join(folder, OWN);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  opened++;
  const path = join(own, `${opened}.sqlite`);
  const remove = () => {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  };
  remove();
  writeFileSync(path, body, { mode: 0o600 });
  return { path, remove };
}

/** Removes what killed processes left below a folder: on a warm machine it would pile up. */
export function removeLeftovers(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder))
    if (name !== OWN && !isOfLivingProcess(name))
      rmSync(join(folder, name), { recursive: true, force: true });
}

/** A killed process is often followed by one of the same number; the random part tells them apart. */
function isOfLivingProcess(name: string): boolean {
  const pid = Number(/^(\d+)-/.exec(name)?.[1]);
  if (!pid || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
