import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from './problem.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Kills the command when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with each line of its standard output. */
  readonly onLine?: (line: string) => void;
}

/** The command failed; `output` is what it wrote, both streams. */
export class CommandError extends Problem {
  override name = 'CommandError';
  constructor(
    command: string,
    readonly output: string,
  ) {
    super(`"${command}" failed:\n${lastLines(output, 40)}`);
  }
}

const lastLines = (text: string, count: number) => text.trim().split('\n').slice(-count).join('\n');

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a command to its end and returns what it wrote to standard output. It has a process group of its own,
 * so that Ctrl-C at the keyboard reaches it only through `signal`, and with all that it started.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const onAbort = () => stopGroup(child, 'SIGKILL');
  if (options.onLine) createInterface(child.stdout).on('line', options.onLine);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const [code] = await once(child, 'close');
    options.signal?.throwIfAborted();
    if (code !== 0) throw new CommandError([command, ...args].join(' '), `${stdout()}${stderr()}`);
    return stdout();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Problem(`There is no command "${command}".`);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < MAX_OUTPUT_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A command's version line, or undefined when it is not there or does not run. */
export const probe = (command: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: 20_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim()),
    );
  });

/** Signals a process and all that it started; the process must have been started `detached`. */
export function stopGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}

/** Waits until the process has ended; false when it still runs after `timeoutMillis`. */
export async function ended(child: ChildProcess, timeoutMillis: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  return Promise.race([once(child, 'exit').then(() => true), delay(timeoutMillis, false, { ref: false })]);
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

/** Whether a port of the loopback interface can be listened on. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
