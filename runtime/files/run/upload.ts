import { createReadStream } from 'node:fs';
import path from 'node:path';
import { FilesError } from '../errors.ts';
import type { OutputFile } from '../process/result.ts';
import type { RunPorts } from './ports.ts';
import { filesBelow } from './workdir.ts';

/** Where an attempt puts its files. */
export interface AttemptPlace {
  readonly executionId: string;
  readonly attempt: number;
  readonly folder: string;
}

/** Stores everything that lies in the folder of outputs. Throws `UPLOAD_FAILED` after the storage's own retries. */
export async function uploadOutputs(
  outputs: string,
  place: AttemptPlace,
  { storage }: Pick<RunPorts, 'storage'>,
  signal: AbortSignal,
): Promise<readonly OutputFile[]> {
  const files: OutputFile[] = [];
  for (const name of await filesBelow(outputs)) {
    signal.throwIfAborted();
    const content = createReadStream(path.join(outputs, name));
    const options = { attempt: place.attempt, signal };
    const write = storage.writeStream(place.executionId, `${place.folder}/${name}`, content, options);
    const { sizeBytes: bytes, sha256 } = await write.catch((error: unknown) => {
      signal.throwIfAborted();
      throw uploadFailed(error);
    });
    files.push({ name, bytes, sha256 });
  }
  return files;
}

export const uploadFailed = (cause: unknown): FilesError =>
  new FilesError(
    'UPLOAD_FAILED',
    'transient',
    { cause: cause instanceof Error ? cause.name : 'unknown' },
    { cause },
  );

/** Files that a failed attempt leaves: its logs (contract files §7). */
const isLog = (name: string): boolean => /(^|\/)[^/]+\.(log|txt)$/.test(name) && name !== 'results.txt';

/** Stores the logs of a failed attempt and its `error.log`. */
export async function uploadLogs(
  outputs: string | undefined,
  errorLog: string,
  place: AttemptPlace,
  { storage }: Pick<RunPorts, 'storage'>,
): Promise<void> {
  const { executionId, attempt, folder } = place;
  await storage.writeFile(executionId, `${folder}/error.log`, Buffer.from(errorLog), { attempt });
  const names = outputs === undefined ? [] : (await filesBelow(outputs)).filter(isLog);
  for (const name of names)
    await storage.writeStream(
      executionId,
      `${folder}/${name}`,
      createReadStream(path.join(outputs ?? '', name)),
      { attempt },
    );
}
