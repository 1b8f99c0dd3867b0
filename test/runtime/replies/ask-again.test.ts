import { describe, expect, test } from 'vitest';
import { openAiResponses } from '../../../runtime/models/openai-responses.ts';
import { PROVIDERS } from '../models/providers.ts';
import { askWorld } from './ask-world.ts';

/** How a question is put, and put again when the answer is of no use. */

const responses = () => PROVIDERS['OpenAI Responses']!();

describe('an answer that is cut off', () => {
  test('is asked for once more with twice the room', async () => {
    const { ask, provider } = askWorld(responses(), { max_output_tokens: 300 });
    provider.play({ text: '{"content":"Hel', finish: 'length' });
    const { reply, usage } = await ask();
    expect(reply).toBe('Hello');
    expect(provider.heard.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([300, 600]);
    // Both have cost something.
    expect(usage).toEqual({ promptTokens: 20, completionTokens: 10, totalTokens: 30 });
  });

  test('twice is for a person', async () => {
    const { failure, provider } = askWorld(responses());
    provider.play({ text: 'a', finish: 'length' }, { text: 'a', finish: 'length' });
    expect(await failure()).toMatchObject({ errorClass: 'permanent', code: 'MODEL_OUTPUT_ERROR' });
    expect(provider.heard).toHaveLength(2);
  });
});

describe('a conversation that is too long for the model', () => {
  const entries = Array.from({ length: 40 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index}`.padEnd(400, '.'),
  }));

  test('is asked about once more with a shorter history, the newest of it', async () => {
    const { ask, provider } = askWorld(responses());
    provider.play({ failure: 'too long' });
    const conversation = { entries: entries.map((entry) => ({ ...entry, turnId: undefined })) };
    expect(await ask({ conversation })).toMatchObject({ reply: 'Hello' });
    const [first, second] = provider.heard.map(({ messages }) => messages);
    expect(first).toHaveLength(41);
    expect(second).toEqual([...(first ?? []).slice(-11)]);
    expect(second?.at(-1)).toEqual(['user', 'the new secret']);
  });

  test('twice is for a person', async () => {
    const { failure, provider } = askWorld(responses());
    provider.play({ failure: 'too long' }, { failure: 'too long' });
    expect(await failure()).toMatchObject({ errorClass: 'permanent', code: 'CONTEXT_TOO_LONG' });
    expect(provider.heard).toHaveLength(2);
  });
});

test('one repair, one double budget and one shorter history are together the most', async () => {
  const { failure, provider } = askWorld(responses());
  provider.play(
    { failure: 'too long' },
    { text: '{"foo":1}' },
    { text: 'a', finish: 'length' },
    { text: '{"foo":1}' },
  );
  expect(await failure()).toMatchObject({ code: 'MODEL_OUTPUT_ERROR' });
  expect(provider.heard).toHaveLength(4);
});

test('a repaired answer is sent', async () => {
  const { ask, provider, log } = askWorld(responses());
  provider.play({ text: '{"foo":1}' });
  expect(await ask()).toMatchObject({ reply: 'Hello' });
  expect(log.of('model_asked_again')).toMatchObject([{ level: 'WARN', cause: 'repair' }]);
});

test('REPLY_FORMAT text asks for no JSON; json takes nothing else', async () => {
  const text = askWorld(responses());
  text.provider.play({ text: '{"content":"Hi"}' });
  expect(await text.ask({ ports: { format: 'text' } })).toMatchObject({ reply: '{"content":"Hi"}' });
  expect(text.provider.heard[0]?.hasSchema).toBe(false);
  const json = askWorld(responses());
  json.provider.play({ text: 'Hello' }, { text: 'Hello' });
  expect(await json.failure({ ports: { format: 'json' } })).toMatchObject({ code: 'MODEL_OUTPUT_ERROR' });
});

test('a model that is held to no schema is told the shape in words, a prompt’s own shape wins', async () => {
  const provider = responses();
  const open = openAiResponses({ model: 'm', apiKey: 'k', structuredOutput: false });
  const loose = { ...provider, model: { ...provider.model, capabilities: open.capabilities! } };
  const output_schema = {
    type: 'object',
    properties: { content: { type: 'string' }, mood: { type: 'string' } },
    required: ['content', 'mood'],
    additionalProperties: false,
  };
  await askWorld(loose, { output_schema }).ask();
  expect(provider.heard[0]).toMatchObject({
    hasSchema: false,
    instructions: `You help Ana.\n\nAnswer with one JSON object and nothing around it. It must fit this JSON Schema:\n${JSON.stringify(output_schema)}`,
  });
});

test('pictures are fetched and shown only where the prompt says so', async () => {
  let fetched = 0;
  const images = async () => {
    fetched += 1;
    return [{ contentType: 'image/jpeg', base64: 'AAAA' }];
  };
  const blind = askWorld(responses());
  await blind.ask({ question: { images } });
  expect(blind.provider.heard[0]?.images).toBe(0);
  expect(fetched).toBe(0);
  const seeing = askWorld(responses(), { images: true });
  seeing.provider.play({ text: '{"foo":1}' });
  await seeing.ask({ question: { images } });
  expect(seeing.provider.heard.map((heard) => heard.images)).toEqual([1, 1]);
  expect(fetched).toBe(1);
});
