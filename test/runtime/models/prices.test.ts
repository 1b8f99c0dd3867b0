import { expect, it } from 'vitest';
import { costOf, MODEL_PRICES, priceOf } from '../../../runtime/models/prices.ts';
import { MODEL_PROVIDERS, providerAt } from '../../../runtime/models/providers.ts';

it('a price is found by provider and model, with or without the day in its name, and else not at all', () => {
  const mini = { input: 0.25, output: 2 };
  expect(priceOf('openai:gpt-5-mini', MODEL_PRICES)).toEqual(mini);
  expect(priceOf('openai:gpt-5-mini-2025-08-07', MODEL_PRICES)).toEqual(mini);
  expect(priceOf('anthropic:claude-haiku-4-5-20251001', MODEL_PRICES)).toEqual({ input: 1, output: 5 });
  expect(priceOf('groq:gpt-5-mini', MODEL_PRICES)).toBeUndefined();
  expect(priceOf('openai:gpt-5-mini-2', MODEL_PRICES)).toBeUndefined();
});

it('the cost is the tokens’ share of a million at each price', () => {
  expect(costOf({ inputTokens: 400_000, outputTokens: 50_000 }, { input: 0.25, output: 2 })).toBeCloseTo(0.2);
});

it('every priced model is one of a provider that there is', () => {
  for (const name of Object.keys(MODEL_PRICES))
    expect(MODEL_PROVIDERS).toHaveProperty([name.split(':')[0] ?? '']);
});

it('a provider is known by its address; another server by its host', () => {
  expect(providerAt('https://api.groq.com/openai/v1/')).toBe('groq');
  expect(providerAt('https://models.example.com/v1')).toBe('models.example.com');
  expect(providerAt('not an address')).toBe('unknown');
});
