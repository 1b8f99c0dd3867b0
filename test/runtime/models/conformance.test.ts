import { describe, expect, test } from 'vitest';
import { describeError } from '../../../runtime/core/errors.ts';
import { MODEL_TIMEOUT } from '../../../runtime/models/failure.ts';
import {
  isContextTooLong,
  type ModelAnswer,
  ModelError,
  type ModelRequest,
} from '../../../runtime/models/model.ts';
import type { Failed, Finish, Outcome, Provider } from './provider.ts';
import { PROVIDERS } from './providers.ts';

/** What holds for a model whoever serves it (contract replies §11.5). */

const REQUEST: ModelRequest = {
  instructions: 'Be brief.',
  messages: [
    { role: 'user', text: 'hello' },
    { role: 'assistant', text: 'hi' },
    { role: 'user', text: 'the secret question' },
  ],
  maxOutputTokens: 500,
  timeoutMillis: 5000,
  turnId: '3cf7db205295a719b5d25c9c22a4942c',
  userRef: '0123456789abcdef',
};

const SCHEMA = {
  type: 'object',
  properties: { content: { type: 'string' } },
  required: ['content'],
  additionalProperties: false,
} as const;

async function failureOf(provider: Provider, outcome: Outcome, request = REQUEST): Promise<ModelError> {
  provider.play(outcome);
  const error: unknown = await provider.model.answer(request).then(
    () => expect.fail('it answered'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelError)) throw error;
  return error;
}

describe.each(Object.entries(PROVIDERS))('%s', (name, open) => {
  test('answers with text, tokens and the provider’s id', async () => {
    const { model, play } = open();
    play({ text: '{"content":"Hello"}', usage: { input: 10, cached: 4, output: 5 } });
    const answer = await model.answer(REQUEST);
    expect(answer).toMatchObject({
      text: '{"content":"Hello"}',
      toolCalls: [],
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedTokens: 4 },
    });
    expect(answer.providerId).toMatch(/^[\w-]{8,64}$/);
  });

  test('is told the instructions apart from the conversation, which keeps its order', async () => {
    const provider = open();
    await provider.model.answer({ ...REQUEST, output: { name: 'reply', schema: SCHEMA } });
    expect(provider.heard).toEqual([
      {
        instructions: 'Be brief.',
        messages: [
          ['user', 'hello'],
          ['assistant', 'hi'],
          ['user', 'the secret question'],
        ],
        images: 0,
        maxOutputTokens: 500,
        hasSchema: true,
      },
    ]);
    expect(provider.model.capabilities).toEqual({ structuredOutput: true, images: true });
  });

  test('needs no instructions and no schema', async () => {
    const provider = open();
    await provider.model.answer({ messages: [{ role: 'user', text: 'hello' }], timeoutMillis: 5000 });
    expect(provider.heard[0]).toMatchObject({
      instructions: undefined,
      messages: [['user', 'hello']],
      hasSchema: false,
    });
  });

  test('is shown the pictures of a message', async () => {
    const provider = open();
    const images = [{ contentType: 'image/jpeg', base64: 'AAAA' }];
    await provider.model.answer({ ...REQUEST, messages: [{ role: 'user', text: 'what is it?', images }] });
    expect(provider.heard[0]).toMatchObject({ images: 1, messages: [['user', 'what is it?']] });
  });

  test.each<[Finish, readonly ModelAnswer['finishReason'][]]>([
    ['stop', ['stop']],
    ['length', ['length']],
    // Some providers have one word for both.
    ['filtered', ['filtered', 'refusal']],
    ['refusal', ['refusal', 'filtered']],
    ['tools', ['tools']],
  ])('says that it ended by %s', async (finish, accepted) => {
    const provider = open();
    provider.play({ text: 'half', finish });
    const { finishReason, toolCalls } = await provider.model.answer(REQUEST);
    expect(accepted).toContain(finishReason);
    expect(toolCalls).toEqual([]);
  });

  test('that fails though the call went well is a failure that passes', async () => {
    if (name === 'chat completions') return;
    const error = await failureOf(open(), { text: '', finish: 'failed' });
    expect(error.errorClass).toBe('transient');
  });

  test('says so when the provider does not count', async () => {
    const provider = open();
    provider.play({ text: 'hi', usage: null });
    expect((await provider.model.answer(REQUEST)).usage).toBeUndefined();
  });

  test.each<[Failed['failure'], string]>([
    ['rate limit', 'transient'],
    ['broken', 'transient'],
    ['overloaded', 'transient'],
    ['reset', 'transient'],
    ['page', 'transient'],
    ['no credit', 'hold'],
    ['bad key', 'hold'],
    ['forbidden', 'hold'],
    ['unknown model', 'hold'],
    ['bad request', 'permanent'],
  ])('fails by %s as %s, once, and without a word of the provider', async (failure, errorClass) => {
    const provider = open();
    const error = await failureOf(provider, { failure });
    expect(error.errorClass).toBe(errorClass);
    expect(provider.heard).toHaveLength(1);
    expect(describeError(error)).not.toMatch(/secret|request failed|balance|identifier/);
    expect(isContextTooLong(error)).toBe(false);
    // Bedrock gives no time, and knows the function by its role.
    if (name === 'Bedrock') return;
    if (failure === 'rate limit') expect(error.retryAfterSeconds).toBe(2);
    if (failure === 'bad key') expect(error.status).toBe(401);
  });

  test('says that the conversation is too long for it', async () => {
    const error = await failureOf(open(), { failure: 'too long' });
    expect(isContextTooLong(error)).toBe(true);
    expect(error.errorClass).toBe('permanent');
  });

  test('gives up in time', async () => {
    const error = await failureOf(open(), { failure: 'hang' }, { ...REQUEST, timeoutMillis: 30 });
    expect(error).toMatchObject({ errorClass: 'transient', code: MODEL_TIMEOUT });
  });

  test('stops when the signal says so, which is no timeout', async () => {
    if (name === 'scripted') return;
    const error = await failureOf(
      open(),
      { failure: 'hang' },
      { ...REQUEST, signal: AbortSignal.timeout(30) },
    );
    expect(error.errorClass).toBe('transient');
    expect(error.code).not.toBe(MODEL_TIMEOUT);
  });

  test('refuses tools where it offers none', async () => {
    if (name === 'chat completions' || name === 'scripted') return;
    const tools = [{ name: 'look_up', description: 'Finds.', parameters: { type: 'object' } }] as const;
    const provider = open();
    await expect(provider.model.answer({ ...REQUEST, tools })).rejects.toMatchObject({
      name: 'ModelError',
      errorClass: 'permanent',
    });
    expect(provider.heard).toEqual([]);
  });
});
