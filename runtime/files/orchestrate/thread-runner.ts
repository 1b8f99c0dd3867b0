import { Worker } from 'node:worker_threads';
import type { LocalRunner } from './local-pool.ts';

/** What a worker thread is told; everything in it can be copied. */
export interface ThreadData {
  readonly event: object;
  readonly settings: unknown;
}

/** Message that asks a thread to stop and hand back. */
export const DRAIN = 'drain';

/**
 * Runs each event in a worker thread of its own, so that a delivery that breaks its heap breaks nothing else.
 * `file` is the thread's module; `heapMb` bounds its heap (default: Node's own).
 */
export const threadRunner =
  (file: URL, settings: unknown, heapMb?: number): LocalRunner =>
  (event, drain) =>
    new Promise((resolve, reject) => {
      const workerData: ThreadData = { event, settings };
      const worker = new Worker(file, {
        workerData,
        ...(heapMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
      });
      const stop = () => worker.postMessage(DRAIN);
      drain.addEventListener('abort', stop, { once: true });
      if (drain.aborted) stop();
      worker.once('error', reject);
      worker.once('exit', (code) => {
        drain.removeEventListener('abort', stop);
        if (code === 0) resolve();
        else reject(new Error(`exit code ${code}`));
      });
    });
