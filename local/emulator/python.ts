import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../problem.ts';
import { probe, run } from '../process.ts';
import { type Say, step } from '../progress.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Oldest Python that the emulator runs on, as `sys.version_info`. */
const CHECK = 'import sys, venv, ensurepip; print(sys.version_info >= (3, 10))';

export const PYTHON_HELP =
  'Python 3.10 or newer with its venv module is needed for the AWS emulator. Get it from https://www.python.org/downloads/ ' +
  '(Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python3).';

/** The Python to use, or undefined when there is none that will do. */
export async function findPython(): Promise<string | undefined> {
  for (const command of ['python3', 'python']) {
    if ((await probe(command, ['-c', CHECK])) === 'True') return command;
  }
  return undefined;
}

/** A Python with the pinned emulator. */
export const emulatorPython = (folder: string, say: Say, signal?: AbortSignal): Promise<string> =>
  pythonWith({
    requirements: REQUIREMENTS,
    name: 'ministack',
    what: 'the AWS emulator',
    folder,
    say,
    signal,
  });

export interface PythonPackages {
  /** Names the packages, pinned. */
  readonly requirements: string;
  readonly name: string;
  /** What is installed, for the progress line. */
  readonly what: string;
  readonly folder: string;
  readonly say: Say;
  readonly signal: AbortSignal | undefined;
}

/**
 * A Python with packages in a virtual environment under `folder`, made on first use. It is built beside its
 * place and moved there when complete, so that an interrupted start leaves no half of it.
 */
export async function pythonWith(packages: PythonPackages): Promise<string> {
  const { requirements, name, what, folder, say, signal } = packages;
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const venv = path.join(folder, `${name}-${version}`);
  const python = path.join(venv, 'bin', 'python');
  if (existsSync(python)) return python;
  const systemPython = await findPython();
  if (!systemPython) throw new Problem(PYTHON_HELP);
  await step(say, `Installing ${what}, once`, () => install(systemPython, requirements, venv, signal));
  return python;
}

async function install(
  systemPython: string,
  requirements: string,
  venv: string,
  signal?: AbortSignal,
): Promise<void> {
  const building = `${venv}.${process.pid}`;
  const options = signal ? { signal } : {};
  try {
    await mkdir(path.dirname(venv), { recursive: true });
    await run(systemPython, ['-m', 'venv', building], options);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await run(path.join(building, 'bin', 'python'), pip, options);
    await rename(building, venv).catch((error: NodeJS.ErrnoException) => {
      // Another start was first.
      if (!existsSync(venv)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
