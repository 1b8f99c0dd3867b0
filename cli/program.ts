import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Environment } from '../runtime/core/config.ts';

export interface ProgramOptions {
  readonly folder: string;
  readonly environment: Environment;
  /** On abort the program gets one SIGINT and is waited for: Terraform then saves its state and frees its lock. */
  readonly signal: AbortSignal;
  /** It talks to the person at the keyboard by itself; its output is then not kept. */
  readonly inherit?: boolean;
  /** Called with each line of its standard output. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** -1: a signal ended it. */
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a program to its end; undefined when there is no such program. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  options: ProgramOptions,
) => Promise<ProgramResult | undefined>;

/** It has a process group of its own, so that Ctrl-C at the keyboard reaches it once, through the signal. */
export const runProgram: RunProgram = async (program, args, options) => {
  const { folder, environment, signal, onLine, inherit = false } = options;
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    // In the foreground it must stay where the terminal is.
    detached: !inherit,
  });
  const [out, error] = [collect(child.stdout), collect(child.stderr)];
  if (onLine && child.stdout) createInterface(child.stdout).on('line', onLine);
  const interrupt = () => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const [code] = await once(child, 'close');
    return { exitCode: typeof code === 'number' ? code : -1, out: out(), error: error() };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
};

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
