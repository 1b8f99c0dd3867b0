import { processBatch, type QueueRecord } from '../core/batch.ts';
import { describeError, loggableError } from '../core/errors.ts';
import { asRecord, isRecord, readJson } from '../core/json.ts';
import type { InvocationMode } from './config.ts';
import { readEvent } from './event/event.ts';
import { type RunReply, replyOf } from './reply.ts';
import type { RunOutcome } from './run/outcome.ts';
import type { RunPorts } from './run/ports.ts';
import { refuse } from './run/refuse.ts';
import { runExecution } from './run/run-execution.ts';
import { sweepWorkdirs } from './run/workdir.ts';

/** The part of Lambda's context that is used. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export interface HandlerPorts extends RunPorts {
  readonly invocationMode: InvocationMode;
}

/**
 * The function's handler (contract files §3.4): one execution an event, or one an SQS record. A `sync` event is
 * answered; an `async` one throws where a retry may help, after the failure was recorded, so that the function's
 * errors show it.
 */
export function lambdaHandler(ports: HandlerPorts) {
  let isWarm = false;
  return async (event: unknown, context: InvocationContext) => {
    if (!isWarm) ports.metrics.count('ColdStarts');
    isWarm = true;
    // An environment runs one event at a time: what lies there is of runs that were killed (B20).
    await sweepWorkdirs(ports.temporaryFolder);
    const records = queueRecords(event);
    return records ? workQueue(records, context, ports) : handleEvent(event, context, ports);
  };
}

interface EventRecord extends QueueRecord {
  readonly body?: string;
}

function queueRecords(event: unknown): readonly EventRecord[] | undefined {
  const { Records: records } = asRecord(event);
  return Array.isArray(records) && records.every((one) => isRecord(one) && typeof one.messageId === 'string')
    ? (records as unknown as readonly EventRecord[])
    : undefined;
}

/** Nothing comes back for a failure: the detector alone retries, with a new attempt. */
const workQueue = (records: readonly EventRecord[], context: InvocationContext, ports: HandlerPorts) =>
  processBatch(
    records,
    async ({ body = '' }) => void (await run(readJson(body), context, ports)),
    (_record, error) => ports.log.error('record_failed', { error: describeError(error) }),
  );

async function handleEvent(
  event: unknown,
  context: InvocationContext,
  ports: HandlerPorts,
): Promise<RunReply> {
  const { outcome, executionId, invocation } = await run(event, context, ports);
  if (invocation === 'async' && outcome.kind === 'failed' && outcome.isRetryable)
    throw loggableError(outcome.error);
  return replyOf(outcome, executionId);
}

interface Answered {
  readonly outcome: RunOutcome;
  readonly executionId: string | undefined;
  readonly invocation: InvocationMode;
}

async function run(value: unknown, context: InvocationContext, ports: HandlerPorts): Promise<Answered> {
  const { event, problems, ...read } = readEvent(value);
  if (!event) {
    const { executionId } = read as { readonly executionId?: string };
    const log = ports.log.with({ execution_id: executionId });
    const refused = { executionId, attempt: asRecord(value).attempt };
    const refusal = { refusal: 'INVALID_EVENT', problems: problems ?? [] } as const;
    const outcome = await refuse(refused, refusal, { ...ports, log });
    return { outcome, executionId, invocation: ports.invocationMode };
  }
  const deadlineMillis = ports.clock.nowMillis() + context.getRemainingTimeInMillis();
  const outcome = await runExecution({ event, ownerId: ports.newId(), deadlineMillis }, ports);
  const { executionId, invocation = ports.invocationMode } = event;
  return { outcome, executionId, invocation };
}
