import { describeError, HooklineError } from '../core/errors.ts';
import { retry } from '../core/retry.ts';
import { MODEL_TIMEOUT } from '../models/failure.ts';
import { type Model, type ModelAnswer, ModelError, type ModelRequest } from '../models/model.ts';
import type { Prompt } from '../models/prompts.ts';
import type { AskPorts, Question } from './ask.ts';
import { RepliesError } from './errors.ts';

/** A prompt's model, ready to be asked. */
export interface OpenedModel {
  readonly prompt: Prompt;
  readonly model: Model;
  /** `provider:model`. */
  readonly name: string;
  /** Opens it with the key as it is now; undefined when that is the key which was refused. */
  reopen(): Promise<Model | undefined>;
}

/** Providers that know the function by its role, or that are none. */
const KEYLESS: readonly string[] = ['bedrock', 'scripted'];

/** Reads the key that the record names and opens the model with it. Throws with the class of the turn. */
export async function openPrompt(
  prompt: Prompt,
  { modelKeyReference }: Question['conversation'],
  { secrets, openModel }: AskPorts,
): Promise<OpenedModel> {
  const readKey = async (): Promise<string> => {
    if (KEYLESS.includes(prompt.provider)) return '';
    if (modelKeyReference === undefined)
      throw new RepliesError(
        'MISSING_MODEL_CONFIG',
        'The conversation names no secret with the model’s key: set api_key_reference in its ai_config',
        'hold',
      );
    const { apiKey, values } = await secrets.model(modelKeyReference);
    const own = values[`${prompt.provider.replace('-', '_')}_api_key`];
    const used = typeof own === 'string' && own !== '' ? own : apiKey;
    // A header cannot carry it: the call would fail as if the connection were broken.
    if (!/^[\x21-\x7e]+$/.test(used))
      throw new RepliesError(
        'SECRET_FETCH_FAILED',
        'The model’s key holds a blank, a line break or a character that no key has: store it anew',
        'hold',
      );
    return used;
  };
  const key = await readKey();
  return {
    prompt,
    model: await openModel(prompt, key),
    name: `${prompt.provider}:${prompt.model}`,
    reopen: async () => {
      if (modelKeyReference === undefined || key === '') return undefined;
      secrets.forget(modelKeyReference);
      const fresh = await readKey();
      return fresh === key ? undefined : openModel(prompt, fresh);
    },
  };
}

/** With less time than this a call is not worth beginning. */
const MIN_CALL_MILLIS = 5000;
/** How long a failure may be waited out before the turn is given back to the queue. */
const MAX_WAIT_MILLIS = 30_000;

/**
 * One answer. What may pass (a full minute's limit, a broken connection) is waited out while there is time, a
 * timeout is not; a refused key is read again once (contract replies §5.4, §6).
 */
export async function callModel(
  request: Omit<ModelRequest, 'timeoutMillis'>,
  opened: OpenedModel,
  ports: AskPorts,
): Promise<ModelAnswer> {
  const { clock, signal, endMillis } = ports;
  let model = opened.model;
  const attempt = () => callOnce(request, model, opened, ports);
  const answer = () =>
    retry(attempt, {
      clock,
      maxAttempts: 3,
      minDelayMillis: 500,
      maxDelayMillis: 4000,
      deadlineMillis: Math.min(endMillis - MIN_CALL_MILLIS, clock.nowMillis() + MAX_WAIT_MILLIS),
      retryable: (error) =>
        error instanceof ModelError && error.errorClass === 'transient' && error.code !== MODEL_TIMEOUT,
      ...(signal && { signal }),
    });
  try {
    return await answer();
  } catch (error) {
    const other = error instanceof ModelError && error.status === 401 ? await opened.reopen() : undefined;
    if (!other) throw error;
    model = other;
    return await answer();
  }
}

async function callOnce(
  request: Omit<ModelRequest, 'timeoutMillis'>,
  model: Model,
  { prompt, name }: OpenedModel,
  { clock, signal, endMillis, timeoutMillis, log, metrics }: AskPorts,
): Promise<ModelAnswer> {
  const begunMillis = clock.nowMillis();
  const left = endMillis - begunMillis;
  if (left < MIN_CALL_MILLIS)
    throw new RepliesError('TIME_BUDGET', 'There is no time left to ask the model', 'transient');
  const fields = () => ({
    model: name,
    prompt: `${prompt.id}@${prompt.version}`,
    duration_ms: clock.nowMillis() - begunMillis,
  });
  metrics.count('ModelCalls');
  try {
    const limits = { timeoutMillis: Math.min(timeoutMillis, left), ...(signal && { signal }) };
    const answer = await model.answer({ ...request, ...limits });
    const { usage, finishReason } = answer;
    if (usage) metrics.count('ModelTokens', usage.totalTokens ?? usage.inputTokens + usage.outputTokens);
    log.info('model_answered', {
      ...fields(),
      tokens_in: usage?.inputTokens,
      tokens_out: usage?.outputTokens,
      finish_reason: finishReason,
    });
    return answer;
  } catch (error) {
    const known = error instanceof HooklineError ? { error_class: error.errorClass } : {};
    log.warn('model_failed', { ...fields(), ...known, error: describeError(error) });
    throw error;
  }
}
