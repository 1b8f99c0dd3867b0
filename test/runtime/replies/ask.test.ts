import { describe, expect, test } from 'vitest';
import { MODEL_TIMEOUT } from '../../../runtime/models/failure.ts';
import { ModelError } from '../../../runtime/models/model.ts';
import type { Outcome } from '../models/provider.ts';
import { PROVIDERS } from '../models/providers.ts';
import { askWorld } from './ask-world.ts';

const responses = () => PROVIDERS['OpenAI Responses']!();

const answer = (fields: object): Outcome => ({ text: JSON.stringify(fields) });

describe.each(Object.entries(PROVIDERS))('asked of %s', (name, open) => {
  test('replies 60: the same turn: one call with history and text, one reply, tokens mapped', async () => {
    const { ask, provider, counted } = askWorld(open());
    const answered = await ask();
    expect(answered).toEqual({
      reply: 'Hello',
      usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
      model: 'openai:m',
      providerRef: expect.stringMatching(/^[\w-]{8,64}$/),
    });
    const opening = [['user', '(The conversation begins.)']];
    expect(provider.heard).toEqual([
      {
        instructions: 'You help Ana.',
        messages: [
          ...(['Anthropic', 'Bedrock'].includes(name) ? opening : []),
          ['assistant', 'We have news.'],
          ['user', 'the old secret'],
          ['assistant', 'Fine.'],
          ['user', 'the new secret'],
        ],
        images: 0,
        maxOutputTokens: 4096,
        hasSchema: true,
      },
    ]);
    expect(Object.fromEntries(counted)).toEqual({ ModelCalls: 1, ModelTokens: 15 });
  });

  test('replies 36: plain text is sent as is; a wrong object, a refusal or a filtered answer is not', async () => {
    const plain = askWorld(open());
    plain.provider.play({ text: 'Hello' });
    expect(await plain.ask()).toMatchObject({ reply: 'Hello' });
    expect(plain.log.of('model_output_plain')).toMatchObject([{ level: 'WARN' }]);

    const wrong = askWorld(open());
    wrong.provider.play({ text: '{"foo":1}' }, { text: '{"foo":1}' });
    expect(await wrong.failure()).toMatchObject({ errorClass: 'permanent', code: 'MODEL_OUTPUT_ERROR' });
    expect(wrong.provider.heard).toHaveLength(2);
    // The repair stands behind the answer that was wrong; the user's text is still said once.
    const repair = wrong.provider.heard[1]?.messages.slice(-3);
    expect(repair?.map(([role]) => role)).toEqual(['user', 'assistant', 'user']);
    expect(repair?.[1]?.[1]).toBe('{"foo":1}');

    for (const finish of ['refusal', 'filtered', 'tools'] as const) {
      const refused = askWorld(open());
      refused.provider.play({ text: 'secret words', finish });
      const error = await refused.failure();
      expect(error).toMatchObject({ errorClass: 'permanent', code: 'MODEL_OUTPUT_ERROR' });
      expect(refused.provider.heard).toHaveLength(1);
    }
  });

  test('replies 37: a wish for a person comes with the draft and the reason', async () => {
    const { ask, provider } = askWorld(open());
    provider.play(answer({ content: 'A draft', hand_off_to_human: true, hand_off_to_human_reason: 'angry' }));
    expect(await ask()).toMatchObject({ reply: 'A draft', handOff: { reason: 'angry' } });
  });
});

describe('replies 32: class hold, with at most one call', () => {
  test.each([
    ['a blank prompt reference', { promptReference: undefined }, 'PROMPT_UNRESOLVED', 0],
    ['a prompt that there is none of', { promptReference: 'asst_other' }, 'PROMPT_UNRESOLVED', 0],
    ['a stored prompt of OpenAI', { promptReference: 'pmpt_1' }, 'PROMPT_UNRESOLVED', 0],
    ['no reference of a key', { modelKeyReference: undefined }, 'MISSING_MODEL_CONFIG', 0],
  ])('replies 32: %s', async (_name, conversation, code, calls) => {
    const { failure, provider } = askWorld(responses());
    expect(await failure({ conversation })).toMatchObject({ errorClass: 'hold', code });
    expect(provider.heard).toHaveLength(calls);
  });

  test('replies 32: a secret without ai_api_key', async () => {
    const { failure, provider, keys } = askWorld(responses());
    keys.values = [''];
    expect(await failure()).toMatchObject({ errorClass: 'hold', code: 'SECRET_FETCH_FAILED' });
    expect(provider.heard).toHaveLength(0);
  });

  test.each(['no credit', 'forbidden', 'unknown model'] as const)('replies 32: %s', async (failure) => {
    const world = askWorld(responses());
    world.provider.play({ failure });
    expect(await world.failure()).toMatchObject({ errorClass: 'hold', code: 'MODEL_HOLD_ERROR' });
    expect(world.provider.heard).toHaveLength(1);
    expect(world.clock.slept).toEqual([]);
  });
});

describe('a key that is refused', () => {
  test('is read again, and a new one is used at once', async () => {
    const { ask, provider, keys, opened } = askWorld(responses());
    keys.values = ['sk-old', 'sk-new'];
    provider.play({ failure: 'bad key' });
    expect(await ask()).toMatchObject({ reply: 'Hello' });
    expect(opened).toEqual(['sk-old', 'sk-new']);
    expect(keys.forgotten).toBe(1);
  });

  test('is held when it has not changed, without another call', async () => {
    const { failure, provider, keys } = askWorld(responses());
    provider.play({ failure: 'bad key' });
    expect(await failure()).toMatchObject({ errorClass: 'hold', code: 'MODEL_HOLD_ERROR' });
    expect(provider.heard).toHaveLength(1);
    expect(keys.asked).toHaveLength(2);
  });

  test('may be a provider’s own; one that knows the function’s role needs none', async () => {
    const own = askWorld(responses(), { provider: 'anthropic' });
    await own.ask();
    expect(own.opened).toEqual(['sk-ant']);
    const none = askWorld(responses(), { provider: 'bedrock' });
    await none.ask({ conversation: { modelKeyReference: undefined } });
    expect(none.opened).toEqual(['']);
    expect(none.keys.asked).toEqual([]);
  });
});

describe('replies 33: what passes is waited out within the time', () => {
  test.each([
    ['rate limit', 2000],
    ['overloaded', 500],
    ['reset', 500],
  ] as const)('replies 33: %s', async (failure, atLeastMillis) => {
    const { ask, provider, clock } = askWorld(responses());
    provider.play({ failure });
    expect(await ask()).toMatchObject({ reply: 'Hello' });
    expect(clock.slept).toHaveLength(1);
    expect(clock.slept[0]).toBeGreaterThanOrEqual(atLeastMillis);
    expect(provider.bodies).toHaveLength(2);
    for (const body of provider.bodies) {
      expect(body).toMatchObject({ store: false });
      expect(body).not.toHaveProperty('conversation');
      expect(body).not.toHaveProperty('previous_response_id');
      expect(JSON.stringify(body).split('the new secret')).toHaveLength(2);
      expect(JSON.stringify(body).split('the old secret')).toHaveLength(2);
    }
  });

  test('replies 33: and given back to the queue when it does not pass, with what the provider asked', async () => {
    const { failure, provider } = askWorld(responses());
    provider.play(...Array.from({ length: 3 }, () => ({ failure: 'rate limit' }) as const));
    expect(await failure()).toMatchObject({
      errorClass: 'transient',
      code: 'MODEL_TRANSIENT_ERROR',
      retryAfterSeconds: 2,
    });
    expect(provider.heard).toHaveLength(3);
  });

  test('no wait goes beyond the time that is left', async () => {
    const { failure, provider, clock } = askWorld(responses());
    provider.play({ failure: 'rate limit' });
    const endMillis = clock.nowMillis() + 6000;
    expect(await failure({ ports: { endMillis } })).toMatchObject({ errorClass: 'transient' });
    expect(clock.slept).toEqual([]);
  });

  test('without time for an answer nobody is asked', async () => {
    const { failure, provider, clock } = askWorld(responses());
    const endMillis = clock.nowMillis() + 4999;
    expect(await failure({ ports: { endMillis } })).toMatchObject({
      errorClass: 'transient',
      code: 'TIME_BUDGET',
    });
    expect(provider.heard).toHaveLength(0);
  });
});

test('replies 34: what stands as a thread id plays no part', async () => {
  for (const thread of [{ thread_id: 'thread_x' }, { openai_thread_id: 'conv_x' }, { thread_id: null }]) {
    const { ask, provider } = askWorld(responses());
    await ask({ conversation: { data: { ...thread, recipient_first_name: 'Ana' } } });
    expect(JSON.stringify(provider.bodies)).not.toMatch(/thread_x|conv_x/);
    expect(provider.heard[0]?.messages).toHaveLength(4);
  }
});

test('replies 35: an answer that is slower than its timeout is given up, and not waited for again', async () => {
  const { failure, provider, clock } = askWorld(responses());
  provider.play({ failure: 'hang' });
  const error = await failure({ ports: { timeoutMillis: 30 } });
  expect(error).toMatchObject({ errorClass: 'transient', code: 'MODEL_TRANSIENT_ERROR' });
  expect(error.cause).toMatchObject({ code: MODEL_TIMEOUT });
  expect(provider.heard).toHaveLength(1);
  expect(clock.slept).toEqual([]);
});

test('the time for an answer is the setting, or what the function has left', async () => {
  const timeouts: number[] = [];
  const { ask, clock } = askWorld({
    ...responses(),
    model: {
      answer: async ({ timeoutMillis }) => {
        timeouts.push(timeoutMillis);
        return { text: 'Hi', toolCalls: [], finishReason: 'stop', usage: undefined };
      },
    },
  });
  const answered = await ask();
  await ask({ ports: { endMillis: clock.nowMillis() + 40_000 } });
  expect(timeouts).toEqual([120_000, 40_000]);
  expect(answered.usage).toEqual({ promptTokens: 0, completionTokens: 0, totalTokens: 0, isMissing: true });
});

test('replies 39: asked again after a crash, the model gets the same request', async () => {
  const { ask, provider } = askWorld(responses());
  await ask();
  await ask();
  expect(provider.bodies[1]).toEqual(provider.bodies[0]);
  expect(provider.bodies[0]).toMatchObject({ store: false });
});

test('replies 59: no line of the log has a word of the conversation or the key', async () => {
  const { ask, failure, provider, log } = askWorld(responses());
  provider.play({ text: 'secret words' }, { text: '{"foo":"secret"}' }, { failure: 'bad key' });
  await ask();
  await failure();
  expect(log.of('model_answered')[0]).toMatchObject({
    level: 'INFO',
    model: 'openai:m',
    prompt: 'replies@1',
    tokens_in: 10,
    tokens_out: 5,
    finish_reason: 'stop',
    duration_ms: 0,
  });
  expect(log.of('model_failed')[0]).toMatchObject({ level: 'WARN', error_class: 'hold' });
  expect(log.text).not.toMatch(/secret|Ana|sk-1/);
});

test('what is no failure of the model is not taken for one', async () => {
  const broken = { ...responses(), model: { answer: () => Promise.reject(new TypeError('a bug')) } };
  await expect(askWorld(broken).ask()).rejects.toThrow(TypeError);
  const unclear = {
    ...responses(),
    model: { answer: () => Promise.reject(new ModelError('x', 'permanent')) },
  };
  await expect(askWorld(unclear).ask()).rejects.toMatchObject({ code: 'MODEL_PERMANENT_ERROR' });
});
