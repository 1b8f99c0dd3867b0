import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FilesError } from '../errors.ts';
import { NotFoundError } from '../store/errors.ts';
import type { ExecutionRecord, FileReference } from '../store/execution-record.ts';
import type { LocalInput, RunPorts } from './ports.ts';
import { sizeOf, type Workdir } from './workdir.ts';

/** Replicas may lag: a missing input is looked for once more after this (contract files §3.4, B7). */
const REPLICA_LAG_MILLIS = 5000;
/** Outputs are about as large as what they come from; packed inputs grow when they are read. */
const SPACE = { plain: 2, packed: 6 } as const;
const PACKED = /\.(zip|xlsx|gz)$/i;
const MEGABYTE = 1024 ** 2;

/** What a run was given to work on. */
export interface Material {
  readonly yamlText: string;
  readonly inputs: readonly FileReference[];
}

type BringPorts = Pick<RunPorts, 'storage' | 'clock' | 'freeBytes'>;

/** Brings inputs and specification into the folder of the run. */
export async function bring(
  { yamlText, inputs }: Material,
  record: ExecutionRecord,
  workdir: Workdir,
  ports: BringPorts,
  signal: AbortSignal,
): Promise<{ readonly yamlPath: string; readonly inputs: readonly LocalInput[] }> {
  await checkSpace(inputs, record, ports);
  const yamlPath = path.join(workdir.config, 'config.yaml');
  await writeFile(yamlPath, yamlText);
  const local: LocalInput[] = [];
  for (const input of inputs) local.push(await bringOne(input, record, workdir, ports, signal));
  return { yamlPath, inputs: local };
}

/** Throws `RESOURCE_EXCEEDED` when the inputs and what comes of them would not fit (B9). */
async function checkSpace(
  inputs: readonly FileReference[],
  record: ExecutionRecord,
  { freeBytes }: BringPorts,
): Promise<void> {
  const needed = inputs.reduce((sum, input) => {
    const factor = PACKED.test(input.filename) ? SPACE.packed : SPACE.plain;
    return sum + (recorded(record, input)?.sizeBytes ?? 0) * factor;
  }, 0);
  const free = await freeBytes();
  if (needed <= free) return;
  const megabytes = (bytes: number) => Math.round(bytes / MEGABYTE);
  throw new FilesError('RESOURCE_EXCEEDED', 'transient', {
    needed: megabytes(needed),
    free: megabytes(free),
  });
}

const recorded = (record: ExecutionRecord, input: FileReference) =>
  record.inputs.find(
    (one) => one.sourceExecutionId === input.sourceExecutionId && one.filename === input.filename,
  );

async function bringOne(
  input: FileReference,
  record: ExecutionRecord,
  workdir: Workdir,
  ports: BringPorts,
  signal: AbortSignal,
): Promise<LocalInput> {
  const name = path.posix.basename(input.filename);
  const file = path.join(workdir.inputs, name);
  const sha256 = await patiently(input, ports, signal, () => download(input, file, ports, signal));
  const expected = recorded(record, input)?.sha256;
  if (expected !== undefined && expected !== sha256)
    throw new FilesError('INPUT_CHANGED', 'permanent', { file: name });
  return { name, path: file, sizeBytes: await sizeOf(file) };
}

async function download(
  { sourceExecutionId, filename }: FileReference,
  file: string,
  { storage }: BringPorts,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const source = Readable.from(storage.readStream(sourceExecutionId, filename, { signal }));
  await pipeline(source, hashing, createWriteStream(file), { signal });
  return hash.digest('hex');
}

/** Once more for what is not there; then `INPUT_NOT_FOUND`, which no retry helps. */
export async function patiently<T>(
  { filename }: FileReference,
  { clock }: Pick<RunPorts, 'clock'>,
  signal: AbortSignal | undefined,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  await clock.sleep(REPLICA_LAG_MILLIS, signal);
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new FilesError('INPUT_NOT_FOUND', 'permanent', { file: path.posix.basename(filename) }, { cause });
  }
}
