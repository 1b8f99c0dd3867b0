import { Problem } from '../problem.ts';
import type { Say } from '../progress.ts';

export const BACKENDS = ['ministack', 'localstack', 'external'] as const;
export type Backend = (typeof BACKENDS)[number];

/** An AWS emulator that runs. */
export interface Emulator {
  readonly backend: Backend;
  /** Where this process reaches it, `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** The address under which functions in it reach a server of this machine. */
  serverUrl(port: number): string;
  /** Ends it with all that it started. Safe to call twice. */
  stop(): Promise<void>;
  /** Once stopped: whether it ended in order, with all that it held saved in its folder. */
  isSaved(): boolean;
}

export interface EmulatorOptions {
  /** Folder for its files; made when missing. */
  readonly folder: string;
  /** Keep what it holds in `folder` between starts (MiniStack only; the others keep or lose it on their own). */
  readonly persist?: boolean;
  /** MiniStack only; by default a free one. */
  readonly port?: number;
  /** Where functions send their AWS calls instead of to the emulator itself (MiniStack only). */
  readonly functionEndpoint?: string;
  readonly say: Say;
  readonly signal?: AbortSignal;
}

/** The backend named by `AWS_TEST_BACKEND`; MiniStack without it. */
export function chosenBackend(name: string | undefined): Backend {
  const wanted = name?.trim() || 'ministack';
  const found = BACKENDS.find((backend) => backend === wanted);
  if (found) return found;
  throw new Problem(
    `AWS_TEST_BACKEND is "${wanted}"; it must be ${BACKENDS.slice(0, -1).join(', ')} or ${BACKENDS.at(-1)}.`,
  );
}

/** The interface a server of this machine must listen on to be reached from a backend's functions. */
export const listenHost = (backend: Backend): string => (backend === 'localstack' ? '0.0.0.0' : '127.0.0.1');

/** The name under which functions of a backend reach this machine. */
export const machineName = (backend: Backend): string =>
  backend === 'localstack' ? 'host.docker.internal' : '127.0.0.1';

/** Starts the backend that was asked for, and no other: what is missing is a `Problem`. */
export async function startEmulator(backend: Backend, options: EmulatorOptions): Promise<Emulator> {
  switch (backend) {
    case 'ministack':
      return (await import('./ministack.ts')).startMinistack(options);
    case 'localstack':
      return (await import('./localstack.ts')).startLocalstack(options);
    case 'external':
      return (await import('./external.ts')).useExternal(process.env.AWS_ENDPOINT_URL);
  }
}

/** Where an emulator answers for `https://<id>.execute-api.<region>.amazonaws.com/<stage>/<path>`. */
export function emulatedUrl(endpoint: string, awsUrl: string): string {
  const url = new URL(awsUrl);
  const [id = '', kind] = url.hostname.split('.');
  if (kind !== 'execute-api') throw new Error(`${awsUrl} is not the address of an API.`);
  return emulatedApi(endpoint, id, url.pathname);
}

/** The same for the API's id and a path that begins with its stage. */
export const emulatedApi = (endpoint: string, apiId: string, path: string): string =>
  `${endpoint}/_aws/execute-api/${apiId}${path}`;

/** Waits until the emulator answers, or `isAlive` says that it never will. */
export async function healthy(url: string, isAlive: () => boolean, timeoutMillis: number): Promise<boolean> {
  const end = Date.now() + timeoutMillis;
  while (Date.now() < end && isAlive()) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      await response.arrayBuffer();
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
