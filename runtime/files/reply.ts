import { say } from './messages.ts';
import type { RunFailure, RunOutcome } from './run/outcome.ts';

/** What `sync` callers get; `body` is JSON (contract files §3.4). */
export interface RunReply {
  readonly statusCode: 200 | 400 | 409 | 422 | 500 | 503;
  readonly body: string;
}

type Body = Readonly<Record<string, unknown>>;

const reply = (statusCode: RunReply['statusCode'], body: Body): RunReply => ({
  statusCode,
  body: JSON.stringify(body),
});

/** The reply of an outcome. No trace, path or foreign message goes outside: `error_id` leads to them. */
export function replyOf(outcome: RunOutcome, executionId: string | undefined): RunReply {
  const own = { execution_id: executionId };
  switch (outcome.kind) {
    case 'finished':
      return reply(200, {
        status: 'success',
        ...own,
        result: outcome.result,
        ...(outcome.isReplay && { replayed: true }),
      });
    case 'busy':
      return reply(409, {
        error: 'Execution already in progress',
        ...own,
        retry_after_seconds: outcome.retryAfterSeconds,
      });
    case 'superseded':
      return reply(409, {
        error: 'superseded',
        ...own,
        event_attempt: outcome.eventAttempt,
        record_attempt: outcome.recordAttempt,
      });
    case 'ended':
      return reply(409, { error: 'ended', ...own, state: outcome.state, error_class: outcome.errorClass });
    case 'cancelled':
      return reply(409, { error: 'cancelled', ...own });
    case 'handed-back':
      return reply(409, { error: 'handed back', ...own });
    case 'refused':
      return reply(outcome.code === 'SPEC_INVALID' ? 422 : 400, {
        status: 'error',
        ...own,
        error: outcome.code,
        message: say('en', outcome.code, { count: outcome.problems.length }),
        problems: outcome.problems,
      });
    case 'failed':
      return reply(outcome.code === 'LOCK_STORE_UNAVAILABLE' ? 503 : 500, {
        status: 'error',
        ...own,
        ...failure(outcome),
      });
  }
}

const failure = ({ code, values, errorId, isRetryable }: RunFailure): Body => ({
  error: code,
  message: say('en', code, values),
  error_id: errorId,
  retryable: isRetryable,
});
