import { jsonAnswer, readHttpEvent } from '../core/http-event.ts';
import { asRecord } from '../core/json.ts';
import { buildIngressHandler } from './ingress-handler.ts';
import type { HandlerOptions, InvocationContext } from './options.ts';

/**
 * The bot as one Lambda function: front hop and worker by the event's shape. A non-empty `botType` wins over
 * `BOT_TYPE`. Building it contacts no AWS service; the worker's code is loaded with the first job.
 *
 * @example
 * export const handler = buildLambdaHandler('telegram', { agent: (turn) => `You said ${turn.text}` });
 */
export function buildLambdaHandler(botType?: string, options: HandlerOptions = {}) {
  const ingress = buildIngressHandler(botType, options);
  let worker: ((event: unknown, context: InvocationContext) => Promise<unknown>) | undefined;
  return async (event: unknown, context: InvocationContext): Promise<unknown> => {
    if (readHttpEvent(event)) return ingress(event, context);
    if (!isWork(event)) return jsonAnswer(400, 'Invocation not recognized.');
    const { buildWorkerHandler } = await import('./worker-handler.ts');
    worker ??= buildWorkerHandler(botType, options);
    return worker(event, context);
  };
}

/** Queue records, the self-invoke hop's envelope, or the original's direct shapes. */
function isWork(event: unknown): boolean {
  const { Records: records, maws_job, update, whatsapp_update } = asRecord(event);
  if (maws_job || update || whatsapp_update) return true;
  const record = asRecord(Array.isArray(records) ? records[0] : undefined);
  return (record.eventSource ?? record.EventSource) === 'aws:sqs';
}
