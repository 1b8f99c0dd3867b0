import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { Tally, type TallyData } from './tally.ts';
import type { ThreadInput } from './thread.ts';

/** The simulation as one file, so that imports take no time of their own inside a schedule. */
async function bundleThread(system: System, directory: string): Promise<string> {
  const outfile = join(directory, 'thread.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, system, 'thread.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    outfile,
    sourcemap: 'inline',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return outfile;
}

/** Histories are written by the ten thousand: memory is kinder than a disk. */
const scratchRoot = () => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

interface ThreadAnswer {
  readonly tally: TallyData;
  readonly trace: readonly string[];
}

/** The folder that holds a system's simulation. */
export type System = 'bot' | 'replies';

/** Runs schedules of a system on `threads` threads and sums up what they saw. */
export async function runThreads(
  system: System,
  threads: number,
  input: Omit<ThreadInput, 'part' | 'of' | 'tmpDir'>,
): Promise<ThreadAnswer> {
  const directory = await mkdtemp(join(scratchRoot(), 'hookline-faults-'));
  try {
    const file = await bundleThread(system, directory);
    const parts = Array.from({ length: threads }, (_, part) => part);
    const answers = await Promise.all(
      parts.map((part) =>
        runThread(file, { ...input, part, of: threads, tmpDir: join(directory, `${part}`) }),
      ),
    );
    const tally = new Tally();
    for (const answer of answers) tally.merge(answer.tally);
    return { tally: tally.data(), trace: answers.flatMap(({ trace }) => trace) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function runThread(file: string, workerData: ThreadInput): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, {
      workerData,
      execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('A thread of the fault tier ended early')));
  });
}
