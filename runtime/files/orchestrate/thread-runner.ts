import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { Environment } from '../../core/config.ts';
import type { LocalRunner } from './local-pool.ts';

/** What a worker thread is told; everything in it can be copied. */
export interface ThreadData {
  readonly event: object;
  readonly settings: unknown;
}

/** Message that asks a thread to stop and hand back. */
export const DRAIN = 'drain';

export interface ThreadOptions {
  /** Bounds the heap of each; default: Node's own bound. */
  readonly heapMb?: number;
  /** Takes each line that a thread prints; default: they go to standard output. */
  readonly write?: (line: string) => void;
  /** Node's options for the thread; default: those of the process. */
  readonly execArgv?: readonly string[];
  /** Its environment; default: that of the process. */
  readonly environment?: Environment;
}

/**
 * Runs each event in a worker thread of its own, so that a delivery that breaks its heap breaks nothing else.
 * `file` is the thread's module.
 */
export const threadRunner =
  (file: URL, settings: unknown, options: ThreadOptions = {}): LocalRunner =>
  (event, drain) =>
    new Promise((resolve, reject) => {
      const { heapMb, write, execArgv, environment } = options;
      const workerData: ThreadData = { event, settings };
      const worker = new Worker(file, {
        workerData,
        stdout: write !== undefined,
        ...(execArgv && { execArgv: [...execArgv] }),
        ...(environment && { env: { ...environment } }),
        ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
      });
      const said = write ? linesOf(worker, write) : Promise.resolve();
      const stop = () => worker.postMessage(DRAIN);
      drain.addEventListener('abort', stop, { once: true });
      if (drain.aborted) stop();
      worker.once('error', reject);
      worker.once('exit', (code) => {
        drain.removeEventListener('abort', stop);
        if (code === 0) resolve(said);
        else reject(new Error(`exit code ${code}`));
      });
    });

/** Resolves when the last line was given. */
const linesOf = ({ stdout }: Worker, write: (line: string) => void): Promise<void> =>
  new Promise((resolve) => createInterface(stdout).on('line', write).once('close', resolve));
