import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { connectFiles, type StandFiles } from '../../../local/files/stand.ts';
import { functionLogs } from '../../../local/logs.ts';
import { emulatorClient } from '../../../local/secrets.ts';
import { asRecord, type JsonRecord, readJson } from '../../../runtime/core/json.ts';
import type { ExecutionRecord } from '../../../runtime/files/store/execution-record.ts';
import type { FilesOutputs } from './files.ts';
import { until, world } from './harness.ts';

export function deployed(): FilesOutputs {
  const { files } = world();
  if (!files) throw new Error('This stand has no checking of files.');
  return files;
}

/** Its stores, and an orchestrator that dispatches to its function. */
export const connect = (): Promise<StandFiles> => connectFiles(world(), deployed());

/** A delivery whose file lies in the storage, as the queue names it. */
export async function delivered(
  files: StandFiles,
  yaml_config: string,
  filename: string,
  content: Uint8Array,
) {
  const id = randomUUID();
  await files.stores.storage.writeFile(id, filename, content);
  return { id, yaml_config, input_files: [{ source_execution_id: id, filename }] };
}

export async function record({ stores }: StandFiles, id: string): Promise<ExecutionRecord> {
  const found = await stores.executions.get(id);
  if (!found) throw new Error(`There is no record of ${id}.`);
  return found;
}

/** Until its results are under their plain names. `look` is called before each look. */
export const untilPublished = (
  files: StandFiles,
  id: string,
  timeoutSeconds = 60,
  look: () => Promise<unknown> = async () => undefined,
): Promise<ExecutionRecord> =>
  until(
    'the publication',
    async () => {
      await look();
      const found = await record(files, id);
      return found.publishedAt !== undefined && found;
    },
    timeoutSeconds,
  );

/** Log lines of the processor about an execution. */
export async function processorLines(id: string): Promise<readonly JsonRecord[]> {
  const lines = await functionLogs(world().endpoint, deployed().processor_function_name, 0);
  return lines.map((line) => asRecord(readJson(line))).filter((line) => line.execution_id === id);
}

/** Invokes a function and waits for its answer. */
export async function invoke(name: string, payload: object): Promise<JsonRecord> {
  const lambda = new LambdaClient(emulatorClient(world().endpoint));
  const command = new InvokeCommand({
    FunctionName: name,
    Qualifier: 'live',
    Payload: Buffer.from(JSON.stringify(payload)),
  });
  const { Payload, FunctionError } = await lambda.send(command);
  lambda.destroy();
  const text = Payload?.transformToString() ?? '';
  if (FunctionError) throw new Error(`${name}: ${FunctionError} ${text}`);
  return asRecord(readJson(text));
}

/** What the schedule asks once a minute. */
export const detect = () => invoke(deployed().detector_function_name, { task: 'detect' });

/** Makes a running attempt look as if its process had been killed some time ago: old heartbeat, lapsed lock. */
export async function killedAgo(id: string, seconds: number): Promise<void> {
  const dynamodb = new DynamoDBClient(emulatorClient(world().endpoint));
  const { executions_table_name, lock_table_name } = deployed();
  const thenMillis = Date.now() - seconds * 1000;
  const then = { S: new Date(thenMillis).toISOString() };
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: executions_table_name,
      Key: { execution_id: { S: id } },
      UpdateExpression: 'SET heartbeat_at = :then, updated_at = :then',
      ExpressionAttributeValues: { ':then': then },
    }),
  );
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: lock_table_name }));
  const lock = Items.find((item) => item.execution_id?.S?.endsWith(id))?.execution_id;
  if (!lock) throw new Error(`There is no lock of ${id}.`);
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: lock_table_name,
      Key: { execution_id: lock },
      UpdateExpression: 'SET expiration_time = :then',
      ExpressionAttributeValues: { ':then': { N: String(Math.floor(thenMillis / 1000)) } },
    }),
  );
  dynamodb.destroy();
}
