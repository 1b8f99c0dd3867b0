import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../problem.ts';
import { ended, freePort, isPortFree, stopGroup } from '../process.ts';
import { step } from '../progress.ts';
import { type Emulator, type EmulatorOptions, healthy } from './emulator.ts';
import { emulatorPython } from './python.ts';

const LAUNCHER = fileURLToPath(new URL('run_ministack.py', import.meta.url));

/** The virtual environment is shared by everything that runs in this checkout. */
const PYTHON_FOLDER = path.resolve('.hookline/python');

/** How long saving state and ending function processes may take. */
const STOP_MILLIS = 15_000;

/** Starts MiniStack: loopback only, a clean environment, this process's Node for the functions. */
export async function startMinistack(options: EmulatorOptions): Promise<Emulator> {
  const { say, signal } = options;
  const python = await emulatorPython(PYTHON_FOLDER, say, signal);
  const port = options.port ?? (await freePort());
  if (!(await isPortFree(port))) throw new Problem(`Port ${port} is in use.`);
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = path.resolve(options.folder);
  const temp = path.join(folder, 'temp');
  await rm(temp, { recursive: true, force: true });
  await mkdir(temp, { recursive: true });
  // What it saves is nobody else's business.
  await chmod(folder, 0o700);
  // The emulator's own scripts are CommonJS, which the "type" of the package.json above would deny them.
  await writeFile(path.join(temp, 'package.json'), '{ "type": "commonjs" }');
  const logFile = path.join(folder, 'emulator.log');
  const log = openSync(logFile, 'w');
  const env = environment({ ...options, folder }, port, temp);
  const child = spawn(python, ['-B', LAUNCHER], {
    env,
    cwd: temp,
    stdio: ['pipe', log, log],
    detached: true,
  });
  let inOrder: boolean | undefined;
  const stop = async () => {
    const ended = await stopMinistack(child, temp);
    inOrder ??= ended;
  };
  const alive = () => child.exitCode === null && child.signalCode === null;
  try {
    await step(say, `Starting MiniStack on ${endpoint}`, async () => {
      if (await healthy(`${endpoint}/_ministack/health`, alive, 30_000)) return;
      throw new Problem(
        `The emulator did not start:\n${(await readFile(logFile, 'utf8')).trim().slice(-2000)}`,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const serverUrl = (serverPort: number) => `http://127.0.0.1:${serverPort}`;
  const isSaved = () => options.persist === true && inOrder === true;
  return { backend: 'ministack', endpoint, serverUrl, stop, isSaved };
}

/** Everything in here leaks into the functions, so nothing of the caller's environment is handed on. */
function environment(options: EmulatorOptions, port: number, temp: string): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: temp,
    TMPDIR: temp,
    LANG: 'C.UTF-8',
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    LOG_LEVEL: 'WARNING',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // It would look for containers to clean up; it has none.
    DOCKER_HOST: 'unix:///nonexistent',
    ...(options.persist && {
      PERSIST_STATE: '1',
      STATE_DIR: path.join(options.folder, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: path.join(options.folder, 's3'),
    }),
    ...(options.functionEndpoint && {
      AWS_ENDPOINT_URL: options.functionEndpoint,
      // The function's name goes into the user agent, so that a recorded call can be told whose it is.
      NODE_OPTIONS:
        '--import=data:text/javascript,process.env.AWS_SDK_UA_APP_ID=process.env.AWS_LAMBDA_FUNCTION_NAME',
    }),
  };
}

/** Whether it was still there and ended by itself when told to. */
async function stopMinistack(child: ChildProcess, temp: string): Promise<boolean> {
  const wasAlive = child.exitCode === null && child.signalCode === null;
  child.stdin?.end();
  const inTime = await ended(child, STOP_MILLIS);
  if (!inTime) stopGroup(child, 'SIGKILL');
  await ended(child, 5000);
  // A function's process may outlive the emulator that started it.
  stopGroup(child, 'SIGKILL');
  await rm(temp, { recursive: true, force: true, maxRetries: 5 });
  return wasAlive && inTime;
}
