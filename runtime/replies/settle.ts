import { describeError, errorClassOf } from '../core/errors.ts';
import type { HttpAnswer } from '../core/http-event.ts';
import type { Log } from '../core/log.ts';
import type { WebhookConfig } from './config.ts';
import { type RepliesCode, RepliesError } from './errors.ts';
import type { RepliesMetrics } from './metric-names.ts';
import { answerOf, OUTCOMES, type Outcome } from './outcomes.ts';

/** What an outcome is told to. */
export interface SettlePorts {
  readonly config: Pick<WebhookConfig, 'invalidSignatureStatus'>;
  readonly log: Log;
  readonly metrics: RepliesMetrics;
}

/** The work's answer, or the one of its error: one log line with the rule that decided, and its metric. */
export async function settled(work: () => Promise<HttpAnswer>, ports: SettlePorts): Promise<HttpAnswer> {
  try {
    return await work();
  } catch (error) {
    return answerError(error, ports);
  }
}

function answerError(error: unknown, { config, log, metrics }: SettlePorts): HttpAnswer {
  const given = error instanceof RepliesError ? error.code : 'INTERNAL_ERROR';
  const known = Object.hasOwn(OUTCOMES, given);
  const code: RepliesCode = known ? given : 'INTERNAL_ERROR';
  const { level, metric, rule, status }: Outcome = OUTCOMES[code as keyof typeof OUTCOMES];
  const statusCode = code === 'INVALID_SIGNATURE' ? config.invalidSignatureStatus : status;
  log[level]('webhook_refused', {
    rule: rule ?? `${errorClassOf(error)}:${code}`,
    error_code: code,
    status: statusCode,
    error: describeError(error),
  });
  if (metric) metrics.count(metric);
  return answerOf(statusCode);
}
