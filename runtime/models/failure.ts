import { CONTEXT_TOO_LONG, ModelError } from './model.ts';

/** What a provider answered in place of an answer. */
export interface Refusal {
  readonly status: number;
  readonly headers?: { get(name: string): string | null } | undefined;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly param?: unknown;
  /** Looked at, never kept: it may quote the conversation or the key. */
  readonly message?: unknown;
}

/** Code of the error that says: the time for the answer was up. */
export const MODEL_TIMEOUT = 'model_timeout';

/** The provider said no; only its codes are told. */
export function refused(refusal: Refusal): ModelError {
  const { status, headers, param } = refusal;
  const [code, type] = [wordOf(refusal.code), wordOf(refusal.type)];
  const details = [`HTTP ${status}`, code, type, wordOf(param)].filter((word) => word !== undefined);
  // OpenAI says some words as code and as type.
  const message = `The model refused (${[...new Set(details)].join(', ')})`;
  if (saysTooLong(refusal)) return contextTooLong(message);
  return new ModelError(message, classOf(refusal, code ?? type ?? ''), {
    code: code ?? status,
    status,
    ...retryAfter(headers?.get('retry-after') ?? null),
  });
}

const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.[\]-]{1,64}$/.test(value) ? value : undefined;

/** Instructions and messages do not fit into the model: fewer messages may. */
export const contextTooLong = (message: string): ModelError =>
  new ModelError(message, 'permanent', { code: CONTEXT_TOO_LONG });

const TOO_LONG_CODES: readonly unknown[] = ['context_length_exceeded', 'exceed_context_size_error'];
const TOO_LONG_WORDS =
  /(prompt|input|request) is too long|context (length|window|size)|too many (input |total )?tokens/i;

/** Most providers have no code for it, so their words must do. */
export function saysTooLong({ status, code, type, message }: Refusal): boolean {
  if (TOO_LONG_CODES.includes(code) || TOO_LONG_CODES.includes(type)) return true;
  return [400, 413].includes(status) && typeof message === 'string' && TOO_LONG_WORDS.test(message);
}

/** An operator must act, whatever the status: OpenAI calls an unknown model now a bad request, now not found. */
const HOLDS: readonly string[] = [
  'model_not_found',
  'insufficient_quota',
  'billing_error',
  'billing_hard_limit_reached',
  'contract_spend_limit_reached',
  'enforced_spend_limit_reached',
];

/** Contract replies §11.4. */
function classOf({ status, message }: Refusal, code: string): 'transient' | 'hold' | 'permanent' {
  if (HOLDS.includes(code) || [401, 402, 403, 404].includes(status)) return 'hold';
  // Anthropic tells of spent credit as of a bad request.
  if (status === 400 && typeof message === 'string' && /credit balance/i.test(message)) return 'hold';
  if ([408, 409, 429].includes(status) || status >= 500) return 'transient';
  return 'permanent';
}

function retryAfter(header: string | null): { readonly retryAfterSeconds?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}

/** Cut off, timed out or not reached: nothing is kept at the provider, so all of them may be repeated. */
export function unanswered(error: unknown, { timeout }: Limit): ModelError {
  if (timeout.aborted)
    return new ModelError('The model did not answer (no answer in time)', 'transient', {
      code: MODEL_TIMEOUT,
    });
  return new ModelError(`The model did not answer (${networkCode(error)})`, 'transient');
}

/** The system's code of a failed connection (`ECONNREFUSED`), which lies below the errors of `fetch`. */
function networkCode(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return thrown instanceof Error && /abort/i.test(thrown.name) ? 'aborted' : 'connection failed';
}

/** What ends a call before its answer. */
export interface Limit {
  /** Either of both. */
  readonly signal: AbortSignal;
  readonly timeout: AbortSignal;
}

export function limitOf(request: { readonly timeoutMillis: number; readonly signal?: AbortSignal }): Limit {
  const timeout = AbortSignal.timeout(request.timeoutMillis);
  return { timeout, signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout };
}
