import { readJson } from '../../core/json.ts';
import { readInputList } from '../event/event.ts';
import { EventReader } from '../event/reader.ts';
import type { EventProblem, RunEvent } from '../event/types.ts';
import { yamlProblems } from '../event/yaml-problems.ts';
import type { ExecutionRecord, FileReference } from '../store/execution-record.ts';
import { type Material, patiently } from './bring.ts';
import { RefusedError } from './outcome.ts';
import type { RunPorts } from './ports.ts';

type ReadPorts = Pick<RunPorts, 'storage' | 'clock'>;
/** An execution, and those whose files it may read. */
type Family = Pick<ExecutionRecord, 'executionId' | 'parents'>;

/** The references that an event makes, each with its place in it. */
function referencesOf({ yaml, inputs }: RunEvent): readonly (readonly [string, FileReference])[] {
  return [
    ...('ref' in yaml ? [['$.yaml_ref', yaml.ref] as const] : []),
    ...('ref' in inputs
      ? [['$.inputs_ref', inputs.ref] as const]
      : inputs.map((input, index) => [`$.input_files[${index}]`, input] as const)),
  ];
}

/** Throws `SOURCE_NOT_ALLOWED` for files of executions that are neither the own one nor a recorded parent. */
export function checkSources(event: RunEvent, { executionId, parents }: Family): void {
  checkAllowed(referencesOf(event), new Set([executionId, ...parents]));
}

function checkAllowed(
  references: readonly (readonly [string, FileReference])[],
  allowed: ReadonlySet<string>,
): void {
  const problems = references
    .filter(([, { sourceExecutionId }]) => !allowed.has(sourceExecutionId))
    .map(([place]): EventProblem => ({ path: `${place}.source_execution_id`, message: 'is not allowed' }));
  if (problems.length > 0) throw new RefusedError('SOURCE_NOT_ALLOWED', problems);
}

/** Reads what an event refers to. Throws `RefusedError` for what an event itself may not hold. */
export async function readMaterial(event: RunEvent, record: Family, ports: ReadPorts): Promise<Material> {
  const { yaml, inputs } = event;
  const yamlText = 'text' in yaml ? yaml.text : await readYaml(yaml.ref, ports);
  if (!('ref' in inputs)) return { yamlText, inputs };
  const reader = new EventReader();
  const place = '$.inputs_ref';
  const list = readJson(await readText(inputs.ref, ports));
  const read = readInputList(reader, list, place, record.executionId);
  if (reader.problems.length > 0 || read === undefined)
    throw new RefusedError('INVALID_EVENT', reader.problems);
  checkAllowed(
    read.map((input, index) => [`${place}[${index}]`, input] as const),
    new Set([record.executionId, ...record.parents]),
  );
  return { yamlText, inputs: read };
}

async function readYaml(ref: FileReference, ports: ReadPorts): Promise<string> {
  const text = await readText(ref, ports);
  const problems = yamlProblems(text, '$.yaml_ref');
  if (problems.length > 0) throw new RefusedError('INVALID_EVENT', problems);
  return text;
}

async function readText(ref: FileReference, ports: ReadPorts): Promise<string> {
  const { sourceExecutionId, filename } = ref;
  const bytes = await patiently(ref, ports, undefined, () =>
    ports.storage.readFile(sourceExecutionId, filename),
  );
  return new TextDecoder().decode(bytes);
}
