import { execFile, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** What a contender printed. */
export interface Measured {
  readonly ms: number;
  /** Processor time of all its threads: what it takes on one core that it has for itself. */
  readonly cpuMs: number;
  readonly records: number;
  readonly count: number;
  readonly digest: string;
  readonly rssMb: number;
  /** Longest time in which the event loop did nothing else; undefined outside Node. */
  readonly blockMs?: number;
}

const run = promisify(execFile);

/** Whether a process can be kept on one core. */
export const hasTaskset = (): boolean => spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Bundles the contenders, so that what compiles them takes no part in their memory. */
export async function bundleContenders(folder: string): Promise<string> {
  await build({
    entryPoints: ['test/bench/files/contender.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return `${folder}/contender.mjs`;
}

/** Runs a command on one core where that can be had. */
export async function measure(given: readonly string[]): Promise<Measured> {
  const [command = '', ...args] = hasTaskset()
    ? ['taskset', '-c', String(cpus().length - 1), ...given]
    : given;
  const { stdout } = await run(command, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Measured;
}
