import path from 'node:path/posix';
import { isRecord, type JsonRecord } from '../../core/json.ts';
import { LOCALES } from '../messages.ts';
import type { FileReference } from '../store/execution-record.ts';
import { EVENT_VERSION, MAX_INPUTS } from './limits.ts';
import { EventReader } from './reader.ts';
import { type EventResult, type RunEvent, type RunOptions, SENDING_METHODS } from './types.ts';
import { yamlProblems } from './yaml-problems.ts';

/** Reads an event of contract files §3.4; every problem is reported at once, with the JSON path of the value. */
export function readEvent(value: unknown): EventResult {
  const reader = new EventReader();
  const event = readParts(reader, value);
  const [first, ...others] = reader.problems;
  if (first === undefined && event !== undefined) return { event };
  const problems = [first ?? { path: '$', message: 'must be an object' }, ...others] as const;
  return { problems, executionId: namedExecution(value) };
}

function namedExecution(value: unknown): string | undefined {
  return isRecord(value) ? new EventReader().executionId(value.execution_id, '$') : undefined;
}

function readParts(reader: EventReader, value: unknown): RunEvent | undefined {
  const data = reader.record(value, '$');
  if (!data) return undefined;
  if (data.v !== undefined && data.v !== EVENT_VERSION) reader.fault('$.v', `must be ${EVENT_VERSION}`);
  const executionId = reader.executionId(data.execution_id, '$.execution_id');
  const yaml = readYaml(reader, data, executionId);
  const inputs = readInputs(reader, data, executionId);
  const attempt = reader.optional(data.attempt, (number) =>
    Number.isSafeInteger(number) && Number(number) >= 1
      ? Number(number)
      : reader.fault('$.attempt', 'must be a whole number of at least 1'),
  );
  const options = readOptions(reader, data.options);
  const invocation = reader.optional(data.invocation, (word) =>
    reader.choice(word, '$.invocation', ['async', 'sync'] as const),
  );
  const trace = reader.optional(data.trace, (text) => reader.text(text, '$.trace'));
  if (executionId === undefined || yaml === undefined || inputs === undefined) return undefined;
  return { executionId, yaml, inputs, attempt, options, invocation, trace };
}

function readYaml(reader: EventReader, data: JsonRecord, ownId: string | undefined) {
  const { yaml_config, yaml_ref } = data;
  if (yaml_ref !== undefined && yaml_config !== undefined)
    return reader.fault('$.yaml_ref', 'must not stand beside yaml_config');
  if (yaml_ref !== undefined) {
    const ref = reader.reference(yaml_ref, '$.yaml_ref', ownId);
    return ref && { ref };
  }
  const text = reader.text(yaml_config, '$.yaml_config');
  if (text === undefined) return undefined;
  reader.problems.push(...yamlProblems(text, '$.yaml_config'));
  return { text };
}

function readInputs(reader: EventReader, data: JsonRecord, ownId: string | undefined) {
  const { input_files, inputs_ref } = data;
  if (inputs_ref !== undefined && input_files !== undefined)
    return reader.fault('$.inputs_ref', 'must not stand beside input_files');
  if (inputs_ref !== undefined) {
    const ref = reader.reference(inputs_ref, '$.inputs_ref', ownId);
    return ref && { ref };
  }
  return readInputList(reader, input_files, '$.input_files', ownId);
}

/** A list of inputs, in the event or in the file that it refers to. */
export function readInputList(
  reader: EventReader,
  value: unknown,
  place: string,
  ownId: string | undefined,
): readonly FileReference[] | undefined {
  if (value === undefined) return reader.fault(place, 'is missing');
  if (!Array.isArray(value)) return reader.fault(place, 'must be a list');
  if (value.length === 0) return reader.fault(place, 'must not be empty');
  if (value.length > MAX_INPUTS) return reader.fault(place, `must have at most ${MAX_INPUTS} inputs`);
  const seen = new Map<string, number>();
  return value.flatMap((element, index) => {
    const input = reader.reference(element, `${place}[${index}]`, ownId);
    if (!input) return [];
    const name = path.basename(input.filename);
    const first = seen.get(name);
    if (first !== undefined)
      reader.fault(`${place}[${index}].filename`, `is the name of ${place}[${first}], too`);
    else seen.set(name, index);
    return [input];
  });
}

/** Choices of an event or a record; what is not known is a problem. */
function readOptions(reader: EventReader, value: unknown): RunOptions {
  const data = reader.optional(value, (record) => reader.record(record, '$.options')) ?? {};
  for (const key of Object.keys(data))
    if (!OPTIONS.includes(key)) reader.fault('$.options', `may have ${OPTIONS.join(', ')} only`);
  const chosen = reader.optional(data.package, (text) => reader.text(text, '$.options.package'));
  const locale = reader.optional(data.locale, (word) => reader.choice(word, '$.options.locale', LOCALES));
  const delimiters = reader.optional(data.delimiters, (map) => readDelimiters(reader, map));
  return {
    ...(chosen !== undefined && { package: chosen }),
    ...(locale !== undefined && { locale }),
    ...(delimiters !== undefined && { delimiters }),
    ...readSender(reader, data),
  };
}

const OPTIONS: readonly string[] = [
  ...['package', 'locale', 'delimiters'],
  ...['casilla_id', 'emisor_id', 'metodo_envio'],
];

function readSender(reader: EventReader, data: JsonRecord): Sender {
  const id = (name: 'casilla_id' | 'emisor_id') =>
    reader.optional(data[name], (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
        ? value
        : reader.fault(`$.options.${name}`, 'must be a whole number'),
    );
  const [casilla, emisor] = [id('casilla_id'), id('emisor_id')];
  const method = reader.optional(data.metodo_envio, (word) =>
    reader.choice(word, '$.options.metodo_envio', SENDING_METHODS),
  );
  return {
    ...(casilla !== undefined && { casilla_id: casilla }),
    ...(emisor !== undefined && { emisor_id: emisor }),
    ...(method !== undefined && { metodo_envio: method }),
  };
}

type Sender = Pick<RunOptions, 'casilla_id' | 'emisor_id' | 'metodo_envio'>;

function readDelimiters(reader: EventReader, value: unknown): Readonly<Record<string, string>> | undefined {
  const place = '$.options.delimiters';
  const map = reader.record(value, place);
  if (!map) return undefined;
  const isGood = Object.values(map).every((text) => typeof text === 'string' && text.length === 1);
  return isGood
    ? (map as Readonly<Record<string, string>>)
    : reader.fault(place, 'must give each catalog one character');
}
