import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Backend } from './emulator/emulator.ts';
import { emulatorClient } from './secrets.ts';
import { KEPT } from './synth.ts';
import { OVERRIDE, OVERRIDE_FILE } from './terraform.ts';

const EMULATOR_FOLDER = fileURLToPath(new URL('emulator/', import.meta.url));

/**
 * Names all that an apply's result depends on: the synthesised configuration in `folder` with its zips, what
 * makes it one for an emulator, and the emulator itself.
 */
export async function configurationStamp(folder: string, backend: Backend): Promise<string> {
  const hash = createHash('sha256').update(`${backend}\n${JSON.stringify(OVERRIDE)}\n`);
  for (const file of ['requirements.txt', 'run_ministack.py'])
    hash.update(await readFile(path.join(EMULATOR_FOLDER, file)));
  for (const file of await filesIn(folder)) {
    const content = await readFile(path.join(folder, file));
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .filter((file) => !KEPT.includes(file.split(path.sep)[0] ?? '') && file !== OVERRIDE_FILE)
    .sort();
}

/** Whether an emulator has these functions ready to run. */
export async function functionsAnswer(endpoint: string, names: readonly string[]): Promise<boolean> {
  const lambda = new LambdaClient(emulatorClient(endpoint));
  try {
    const ask = (FunctionName: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const answers = await Promise.all(names.map(ask));
    return answers.every(({ State }) => State === 'Active');
  } catch {
    return false;
  } finally {
    lambda.destroy();
  }
}
