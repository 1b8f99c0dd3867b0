import type { Clock } from '../core/clock.ts';
import { HooklineError } from '../core/errors.ts';
import { retry } from '../core/retry.ts';
import { type Model, type ModelAnswer, ModelError, type ModelRequest } from './model.ts';

/** A model under the name that logs and prices know, `provider:model`. */
export interface NamedModel {
  readonly name: string;
  /** Throws a `ConfigError` when a setting for it is missing. */
  open(): Model;
}

export interface ChainOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the last model must have answered, milliseconds since 1970. */
  readonly endMillis: number;
  /** Longest wait for one answer. */
  readonly timeoutMillis: number;
  /** Every answer, usable or not: it has cost something. */
  onAnswer(model: string, answer: ModelAnswer): void;
  onFailure(model: string, error: HooklineError): void;
  /** Throws a `ModelError` when the answer is of no use. */
  check?(answer: ModelAnswer): void;
}

export interface ChainAnswer {
  readonly answer: ModelAnswer;
  /** Who answered. */
  readonly model: NamedModel;
}

/**
 * Asks the models in order until one answers. Each may take its share of the time that is left, so that every
 * one gets its turn (contract bot §13.4). What failed for a reason that may pass is asked again while there is
 * time, three times in all. Throws the error that says most when none answers.
 */
export async function askInOrder(
  models: readonly NamedModel[],
  request: Omit<ModelRequest, 'timeoutMillis' | 'signal'>,
  options: ChainOptions,
): Promise<ChainAnswer> {
  let candidates = models;
  const attempt = async (): Promise<ChainAnswer> => {
    const failures: Failure[] = [];
    for (const [index, model] of candidates.entries()) {
      try {
        return { model, answer: await askOne(model, candidates.length - index, request, options) };
      } catch (error) {
        if (!(error instanceof HooklineError)) throw error;
        options.onFailure(model.name, error);
        failures.push({ model, error });
      }
    }
    candidates = failures.filter(({ error }) => error.errorClass === 'transient').map(({ model }) => model);
    throw mostTelling(failures);
  };
  const { clock, signal, endMillis: deadlineMillis } = options;
  const limits = { maxAttempts: 3, minDelayMillis: 500, maxDelayMillis: 8000 };
  const retryable = (error: unknown) => error instanceof HooklineError && error.errorClass === 'transient';
  return retry(attempt, { clock, signal, deadlineMillis, retryable, ...limits });
}

interface Failure {
  readonly model: NamedModel;
  readonly error: HooklineError;
}

async function askOne(
  model: NamedModel,
  modelsLeft: number,
  request: Omit<ModelRequest, 'timeoutMillis' | 'signal'>,
  options: ChainOptions,
): Promise<ModelAnswer> {
  const { clock, signal, endMillis } = options;
  const share = (endMillis - clock.nowMillis()) / modelsLeft;
  const timeoutMillis = Math.max(1, Math.floor(Math.min(options.timeoutMillis, share)));
  const answer = await model.open().answer({ ...request, timeoutMillis, signal });
  options.onAnswer(model.name, answer);
  if (answer.toolCalls.length > 0) return answer;
  if (answer.text.trim() === '')
    throw new ModelError(`The model's answer is empty (${answer.finishReason})`, 'permanent');
  options.check?.(answer);
  return answer;
}

/** Worth a retry before worth an operator before the rest. */
function mostTelling(failures: readonly Failure[]): HooklineError {
  const byClass = (wanted: string) => failures.find(({ error }) => error.errorClass === wanted)?.error;
  const found = byClass('transient') ?? byClass('hold') ?? failures[0]?.error;
  return found ?? new ModelError('There is no model to ask', 'hold');
}
