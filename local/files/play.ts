import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionRecord } from '../../runtime/files/store/execution-record.ts';
import { functionLogs } from '../logs.ts';
import { Problem } from '../problem.ts';
import { CHECKER_FUNCTIONS } from './checker.ts';
import { type ExampleDelivery, exampleDelivery } from './example.ts';
import type { StandFiles } from './stand.ts';

/** An execution that came to its verdict. */
export interface PlayedExecution {
  readonly record: ExecutionRecord;
  /** Where its report lies; the other results are beside it. */
  readonly reportUrl: string;
  /** From its hand-over to its publication. */
  readonly tookMillis: number;
}

const TIMEOUT_SECONDS = 90;
const LOOK_MILLIS = 100;

/** The example's delivery twice: the orchestrator runs the first here and hands the second to Lambda. */
export async function playFiles(files: StandFiles, signal: AbortSignal): Promise<readonly PlayedExecution[]> {
  const started = Date.now();
  const ids = [randomUUID(), randomUUID()];
  try {
    await handOver(files, ids, await exampleDelivery());
    return await Promise.all(ids.map((id) => published(files, id, started, signal)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const names = Object.values(CHECKER_FUNCTIONS);
    const logs = await Promise.all(names.map((name) => functionLogs(files.endpoint, name, started)));
    throw new Problem([error.message, ...files.lines, ...logs.flat()].join('\n'), { cause: error });
  }
}

/** Stores a delivery in each execution's folder and gives all of them to the orchestrator at once. */
async function handOver(
  { stores: { storage }, orchestrator }: StandFiles,
  ids: readonly string[],
  { yamlText, fileName, content }: ExampleDelivery,
): Promise<void> {
  for (const id of ids) await storage.writeFile(id, fileName, content);
  const { local, lambda } = await orchestrator.processQueue(
    ids.map((id) => ({
      id,
      yaml_config: yamlText,
      input_files: [{ source_execution_id: id, filename: fileName }],
    })),
  );
  if (local === 1 && lambda === ids.length - 1) return;
  throw new Problem(`Of ${ids.length} deliveries, ${local} ran here and ${lambda} were taken by Lambda.`);
}

const TERMINAL: ReadonlySet<string> = new Set(['SUCCEEDED', 'PARTIAL', 'REJECTED', 'DEAD']);

async function published(
  files: StandFiles,
  id: string,
  startedMillis: number,
  signal: AbortSignal,
): Promise<PlayedExecution> {
  const { executions } = files.stores;
  const state = ({ target, state, attempt, errorClass = '', reason = '' }: ExecutionRecord) =>
    `${id} (${target ?? 'nowhere yet'}) is ${state} after ${attempt} attempts. ${errorClass} ${reason}`.trim();
  let record: ExecutionRecord | undefined;
  while (Date.now() < startedMillis + TIMEOUT_SECONDS * 1000) {
    record = await executions.get(id);
    if (record?.publishedAt !== undefined) {
      const reportUrl = `s3://${String(files.outputs.bucket_name)}/executions/${id}/report.html`;
      return { record, reportUrl, tookMillis: Date.now() - startedMillis };
    }
    // An end without a manifest publishes nothing.
    if (record && TERMINAL.has(record.state) && record.manifestKey === undefined)
      throw new Problem(`Nothing was published: ${state(record)}`);
    await delay(LOOK_MILLIS, undefined, { signal });
  }
  throw new Problem(
    `No verdict within ${TIMEOUT_SECONDS} s: ${record ? state(record) : `${id} has no record`}`,
  );
}
