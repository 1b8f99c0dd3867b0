import type { ModelUsage } from './model.ts';

/** US dollars for a million tokens. */
export interface ModelPrice {
  /** What is sent to the model. Cached tokens are counted at this price too, so a cost is never too low. */
  readonly input: number;
  /** What the model writes. */
  readonly output: number;
}

/** By `provider:model`. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;

const price = (input: number, output: number): ModelPrice => ({ input, output });

/**
 * List prices for standard use as they were known in November 2026, some of them from others than the providers;
 * of models that cost more above a prompt's length, the price below it. They change, so check those that a
 * spending limit hangs on: `costs_path` and `HandlerOptions.prices` win.
 */
export const MODEL_PRICES: ModelPrices = {
  'openai:gpt-4.1': price(2, 8),
  'openai:gpt-4o': price(2.5, 10),
  'openai:gpt-4o-mini': price(0.15, 0.6),
  'openai:gpt-5': price(1.25, 10),
  'openai:gpt-5-mini': price(0.25, 2),
  'openai:gpt-5.2': price(1.75, 14),
  'openai:gpt-5.4': price(2.5, 15),
  'openai:gpt-5.4-mini': price(0.75, 4.5),
  'openai:gpt-5.4-nano': price(0.2, 1.25),
  'openai:gpt-5.5': price(5, 30),
  'anthropic:claude-haiku-4-5': price(1, 5),
  'anthropic:claude-sonnet-4-5': price(3, 15),
  'anthropic:claude-sonnet-4-6': price(3, 15),
  'anthropic:claude-sonnet-5': price(2, 10),
  'anthropic:claude-opus-4-5': price(5, 25),
  'anthropic:claude-opus-4-6': price(5, 25),
  'anthropic:claude-opus-4-7': price(5, 25),
  'anthropic:claude-opus-4-8': price(5, 25),
  'anthropic:claude-opus-5': price(5, 25),
  'groq:openai/gpt-oss-120b': price(0.15, 0.6),
};

/** Providers add the day to a version's name: `gpt-5-mini-2025-08-07`, `claude-haiku-4-5-20251001`. */
const DATE = /-(\d{8}|\d{4}-\d{2}-\d{2})$/;

/** The price of `provider:model`, under its own name or that of its undated version; undefined when unknown. */
export const priceOf = (model: string, prices: ModelPrices): ModelPrice | undefined =>
  prices[model] ?? prices[model.replace(DATE, '')];

const MILLION = 1_000_000;

/** US dollars. */
export const costOf = (usage: ModelUsage, { input, output }: ModelPrice): number =>
  (usage.inputTokens * input + usage.outputTokens * output) / MILLION;
