import { LocalstackContainer } from '@testcontainers/localstack';
import { Problem } from '../problem.ts';
import { probe } from '../process.ts';
import { step } from '../progress.ts';
import { type Emulator, type EmulatorOptions, machineName } from './emulator.ts';

/** The last image that starts without a token; Apache-2.0, frozen, so for tests only. */
const DEFAULT_IMAGE = 'localstack/localstack:4.14.0';

export const DOCKER_HELP =
  'Docker is needed for LocalStack and does not answer. Get it from https://docs.docker.com/get-docker/ and start it.';

/** How functions, which run in containers, call the machine that runs Docker. */
const HOST = machineName('localstack');

/** Starts LocalStack in a container, with short retry and polling times. */
export async function startLocalstack({ say }: EmulatorOptions): Promise<Emulator> {
  if (!(await probe('docker', ['version', '--format', '{{.Server.Version}}'])))
    throw new Problem(DOCKER_HELP);
  const image = process.env.LOCALSTACK_IMAGE ?? DEFAULT_IMAGE;
  const container = await step(say, `Starting LocalStack (${image})`, () =>
    new LocalstackContainer(image)
      .withEnvironment({
        LAMBDA_RUNTIME_IMAGE_MAPPING: process.env.LAMBDA_RUNTIME_IMAGE_MAPPING ?? '',
        // Retries after 1 and 2 s instead of 60 and 120.
        LAMBDA_RETRY_BASE_DELAY: '1',
        // Else an idle queue is polled every 10 s.
        LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: '1',
        LAMBDA_DOCKER_FLAGS: `--add-host=${HOST}:host-gateway`,
      })
      .withBindMounts([{ source: '/var/run/docker.sock', target: '/var/run/docker.sock' }])
      .start(),
  );
  let stopped = false;
  return {
    backend: 'localstack',
    endpoint: container.getConnectionUri().replace('localhost', '127.0.0.1').replace(/\/+$/, ''),
    serverUrl: (port) => `http://${HOST}:${port}`,
    isSaved: () => false,
    stop: async () => {
      if (stopped) return;
      stopped = true;
      // A plain stop kills LocalStack and leaves its function containers running.
      await container.stop({ timeout: 30_000 });
    },
  };
}
