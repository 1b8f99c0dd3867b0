import { describeError, type HooklineError } from '../../core/errors.ts';
import { askInOrder, type NamedModel } from '../../models/chain.ts';
import type { ModelAnswer, ModelMessage, ModelRequest } from '../../models/model.ts';
import { costOf, type ModelPrices, priceOf } from '../../models/prices.ts';
import { askWithTools, type Tool } from '../../models/tools.ts';
import { abortMarginMillis } from '../abort-margin.ts';
import type { AgentContext } from '../agent.ts';

/** A question to one model or a chain of them, with the tools that they may use. */
export interface Question
  extends Pick<ModelRequest, 'instructions' | 'output' | 'maxOutputTokens' | 'temperature' | 'topP'> {
  readonly models: readonly NamedModel[];
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly Tool[];
  readonly maxToolRounds: number;
  /** Longest wait for one answer. */
  readonly timeoutSeconds: number;
  /** Throws a `ModelError` when the answer is of no use. */
  check?(answer: ModelAnswer): void;
}

/** What a container remembers about prices. */
export interface Meter {
  readonly prices: ModelPrices;
  /** Models that were named in a warning. */
  readonly warned: Set<string>;
}

/**
 * Asks within the time that the turn has, logs each answer and failure without a word of it, and counts what
 * it cost. Throws the error of the chain when no model answers.
 */
export async function ask(question: Question, context: AgentContext, meter: Meter): Promise<ModelAnswer> {
  const { models, messages, tools, maxToolRounds, timeoutSeconds, check, ...request } = question;
  const { clock, signal, log, traceparent } = context;
  const endMillis = clock.nowMillis() + usableMillis(context.deadline());
  let left = models;
  return askWithTools(messages, {
    tools,
    maxRounds: maxToolRounds,
    signal,
    log,
    ask: async (soFar) => {
      const { answer, model } = await askInOrder(
        left,
        { ...request, messages: soFar, tools, traceparent },
        {
          clock,
          signal,
          endMillis,
          timeoutMillis: timeoutSeconds * 1000,
          onAnswer: (name, given) => count(name, given, context, meter),
          onFailure: (name, error) => logFailure(name, error, context),
          ...(check && { check }),
        },
      );
      // A model that has just failed is not asked again in the next round.
      left = left.slice(left.indexOf(model));
      return answer;
    },
  });
}

/** Up to a moment before the signal, so that a chain's end is known before the turn is cut off. */
function usableMillis(remainingMillis: number): number {
  return remainingMillis - abortMarginMillis(remainingMillis) - Math.min(500, remainingMillis / 30);
}

function logFailure(model: string, error: HooklineError, { log }: AgentContext): void {
  log.warn('model_failed', { model, error_class: error.errorClass, error: describeError(error) });
}

function count(model: string, answer: ModelAnswer, context: AgentContext, meter: Meter): void {
  const { usage, finishReason } = answer;
  const price = priceOf(model, meter.prices);
  const costUsd = usage && price && costOf(usage, price);
  context.log.info('model_answered', {
    model,
    tokens_in: usage?.inputTokens,
    tokens_out: usage?.outputTokens,
    cost_usd: costUsd,
    finish_reason: finishReason,
  });
  if (!price && !meter.warned.has(model)) {
    meter.warned.add(model);
    context.log.warn('model_price_unknown', { model });
  }
  if (!usage) return;
  const { inputTokens: tokensIn, outputTokens: tokensOut } = usage;
  context.countUsage({ model, tokensIn, tokensOut, ...(costUsd !== undefined && { costUsd }) });
}
