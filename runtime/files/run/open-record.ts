import { createHash } from 'node:crypto';
import type { RunEvent } from '../event/types.ts';
import { YAML_FILE } from '../event/write-event.ts';
import { NotFoundError } from '../store/errors.ts';
import type { ExecutionRecord, FileReference, InputFile } from '../store/execution-record.ts';
import { checkSources, readMaterial } from './material.ts';
import type { RunPorts } from './ports.ts';

/**
 * Makes the record of a direct call. Its specification is stored first, so that the detector can run it again.
 * Throws `RefusedError` for an event that may not be run.
 */
export async function openRecord(event: RunEvent, ports: RunPorts): Promise<ExecutionRecord> {
  const { executionId } = event;
  const own = { executionId, parents: [] };
  checkSources(event, own);
  const { yamlText, inputs } = await readMaterial(event, own, ports);
  const yamlRef =
    'ref' in event.yaml ? event.yaml.ref : { sourceExecutionId: executionId, filename: YAML_FILE };
  if ('text' in event.yaml) await ports.storage.writeFile(executionId, YAML_FILE, Buffer.from(yamlText));
  const measured: InputFile[] = [];
  for (const input of inputs) measured.push(await measure(input, ports));
  const { record } = await ports.store.create({
    executionId,
    inputs: measured,
    inputSha256: measured.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256])),
    yamlRef,
    yamlSha256: createHash('sha256').update(yamlText).digest('hex'),
    options: { ...event.options },
  });
  return record;
}

/** What is not there yet is left open: the run looks again and says so. */
async function measure(input: FileReference, { storage }: RunPorts): Promise<InputFile> {
  try {
    const { sizeBytes, sha256 } = await storage.stat(input.sourceExecutionId, input.filename);
    return { ...input, sizeBytes, sha256 };
  } catch (error) {
    if (error instanceof NotFoundError) return input;
    throw error;
  }
}
