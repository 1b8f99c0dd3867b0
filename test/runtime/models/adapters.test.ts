import { describe, expect, test } from 'vitest';
import { anthropic } from '../../../runtime/models/anthropic.ts';
import { refused } from '../../../runtime/models/failure.ts';
import { isContextTooLong, type ModelRequest } from '../../../runtime/models/model.ts';
import { modelOpener } from '../../../runtime/models/open-model.ts';
import { openAiResponses } from '../../../runtime/models/openai-responses.ts';
import type { Prompt } from '../../../runtime/models/prompts.ts';
import { PROVIDERS } from './providers.ts';

/** Where one provider is not like the others. */

const REQUEST: ModelRequest = {
  messages: [{ role: 'user', text: 'hello' }],
  timeoutMillis: 5000,
  turnId: 'turn-1',
  userRef: '0123456789abcdef',
};

const open = (name: string) => PROVIDERS[name]!();

/** A server that answers everything alike, and what it was sent. */
function server(answer: () => Response) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return answer();
  };
  return { fetch, requests };
}

test('a refusal says each of its words once', () => {
  const word = 'insufficient_quota';
  expect(refused({ status: 429, code: word, type: word }).message).toBe(
    `The model refused (HTTP 429, ${word})`,
  );
});

describe('OpenAI Responses', () => {
  test('keeps nothing there, and marks the call with the turn and a hash of the user', async () => {
    const provider = open('OpenAI Responses');
    const schema = { type: 'object', properties: {}, required: [], additionalProperties: false } as const;
    await provider.model.answer({ ...REQUEST, instructions: 'Be brief.', output: { name: 'reply', schema } });
    expect(provider.bodies).toEqual([
      {
        model: 'm',
        store: false,
        input: [{ role: 'user', content: 'hello' }],
        instructions: 'Be brief.',
        text: { format: { type: 'json_schema', strict: true, name: 'reply', schema } },
        metadata: { turn_id: 'turn-1' },
        safety_identifier: '0123456789abcdef',
        prompt_cache_key: '0123456789abcdef',
      },
    ]);
  });

  test('sends key and trace, and nothing that the package would take from its own variables', async () => {
    process.env.OPENAI_ORG_ID = 'org-1';
    process.env.OPENAI_BASE_URL = 'https://elsewhere.test';
    try {
      const { fetch, requests } = server(() => Response.json({ status: 'completed', output: [] }));
      const model = openAiResponses({ model: 'm', apiKey: 'sk-1', fetch });
      await model.answer({ ...REQUEST, traceparent: '00-1-2-01' });
      expect(requests[0]?.url).toBe('https://api.openai.com/v1/responses');
      expect(requests[0]?.headers.get('authorization')).toBe('Bearer sk-1');
      expect(requests[0]?.headers.get('traceparent')).toBe('00-1-2-01');
      expect(requests[0]?.headers.has('openai-organization')).toBe(false);
    } finally {
      delete process.env.OPENAI_ORG_ID;
      delete process.env.OPENAI_BASE_URL;
    }
  });

  test.each([
    ['failed', 'server_error', 'transient'],
    ['failed', 'rate_limit_exceeded', 'transient'],
    ['failed', 'invalid_prompt', 'permanent'],
    ['failed', 'bio_policy', 'permanent'],
    ['cancelled', undefined, 'transient'],
    ['in_progress', undefined, 'transient'],
  ])('an answer that is %s (%s) is a failure of class %s', async (status, code, errorClass) => {
    const error = code === undefined ? null : { code, message: 'secret words' };
    const { fetch } = server(() => Response.json({ id: 'resp_1', status, error, output: [] }));
    const model = openAiResponses({ model: 'm', apiKey: 'sk-1', fetch });
    await expect(model.answer(REQUEST)).rejects.toMatchObject({
      errorClass,
      message: `The model failed (${code ?? status})`,
    });
  });

  test('shows a picture inside the request', async () => {
    const provider = open('OpenAI Responses');
    const images = [{ contentType: 'image/png', base64: 'AAAA' }];
    await provider.model.answer({ ...REQUEST, messages: [{ role: 'user', text: 'this?', images }] });
    expect(provider.bodies[0]?.input).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'this?' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
    ]);
  });
});

describe.each(['Anthropic', 'Bedrock'])('%s', (name) => {
  test('takes turns, begins with the user, and hears nothing blank', async () => {
    const provider = open(name);
    await provider.model.answer({
      ...REQUEST,
      messages: [
        { role: 'assistant', text: 'We have news for you.' },
        { role: 'user', text: 'one' },
        { role: 'user', text: ' ' },
        { role: 'user', text: 'two' },
        { role: 'assistant', text: 'fine' },
        { role: 'user', text: 'three' },
      ],
    });
    expect(provider.heard[0]?.messages).toEqual([
      ['user', '(The conversation begins.)'],
      ['assistant', 'We have news for you.'],
      ['user', 'one\n\ntwo'],
      ['assistant', 'fine'],
      ['user', 'three'],
    ]);
  });

  test('that ran out of room says that the conversation is too long', async () => {
    const { fetch } = server(() =>
      Response.json({ id: 'a', content: [], stop_reason: 'model_context_window_exceeded' }),
    );
    const model =
      name === 'Anthropic'
        ? anthropic({ model: 'm', apiKey: 'key', fetch })
        : await modelOpener({
            bedrockClient: () => ({
              send: async () => ({
                output: { message: { content: [] } },
                stopReason: 'model_context_window_exceeded',
                $metadata: {},
              }),
            }),
          })({ ...PROMPT, provider: 'bedrock' }, '');
    const error = await model.answer(REQUEST).catch((thrown: unknown) => thrown);
    expect(isContextTooLong(error)).toBe(true);
  });
});

test('Anthropic is always given a limit, the key, and a hash of the user', async () => {
  const { fetch, requests } = server(() => Response.json({ id: 'a', content: [], stop_reason: 'end_turn' }));
  const model = anthropic({ model: 'm', apiKey: 'sk-ant', fetch });
  await model.answer({ ...REQUEST, traceparent: '00-1-2-01' });
  const [request] = requests;
  expect(request?.url).toBe('https://api.anthropic.com/v1/messages');
  expect(request?.headers.get('authorization')).toBe('Bearer sk-ant');
  expect(request?.headers.get('traceparent')).toBe('00-1-2-01');
  expect(await request?.json()).toMatchObject({
    max_tokens: 4096,
    metadata: { user_id: '0123456789abcdef' },
  });
});

test('Anthropic counts what its cache held as read, and gives a sum', async () => {
  const usage = {
    input_tokens: 5,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 1,
    output_tokens: 5,
    output_tokens_details: { thinking_tokens: 2 },
  };
  const { fetch } = server(() => Response.json({ id: 'a', content: [], stop_reason: 'pause_turn', usage }));
  const answer = await anthropic({ model: 'm', apiKey: 'sk-ant', fetch }).answer(REQUEST);
  expect(answer).toMatchObject({
    finishReason: 'other',
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15, cachedTokens: 4, reasoningTokens: 2 },
  });
});

test('Bedrock is told the turn, and given the bytes of a picture', async () => {
  const provider = open('Bedrock');
  const images = [{ contentType: 'image/png', base64: 'AAAA' }];
  await provider.model.answer({ ...REQUEST, messages: [{ role: 'user', text: '', images }] });
  expect(provider.bodies[0]).toMatchObject({
    requestMetadata: { turn_id: 'turn-1' },
    messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: 'AAAA' } } }] }],
  });
});

const PROMPT: Prompt = {
  id: 'p',
  version: '1',
  provider: 'openai-compatible',
  model: 'm',
  instructions: 'x',
  images: false,
  baseUrl: 'https://model.test/v1',
};

describe('the opener of models', () => {
  test('keeps a model for its prompt and key, and opens another for another key', async () => {
    const openModel = modelOpener();
    const first = await openModel(PROMPT, 'key-1');
    expect(await openModel({ ...PROMPT, instructions: 'other' }, 'key-1')).toBe(first);
    expect(await openModel(PROMPT, 'key-2')).not.toBe(first);
  });

  test.each([
    ['openai', 'https://model.test/v1/responses'],
    ['openai-compatible', 'https://model.test/v1/chat/completions'],
    ['anthropic', 'https://model.test/v1/v1/messages'],
  ] as const)('reaches %s at the base URL of the prompt', async (provider, url) => {
    const { fetch, requests } = server(() => Response.json({}, { status: 500 }));
    const model = await modelOpener({ fetch })({ ...PROMPT, provider }, 'key');
    await expect(model.answer(REQUEST)).rejects.toMatchObject({ errorClass: 'transient' });
    expect(requests[0]?.url).toBe(url);
  });

  test('reaches Bedrock at the base URL of the prompt, by the function’s own role', async () => {
    const endpoints: unknown[] = [];
    const client = {
      send: async () => ({ output: { message: { content: [{ text: 'hi' }] } }, $metadata: {} }),
    };
    const openModel = modelOpener({
      bedrockClient: (endpoint) => {
        endpoints.push(endpoint);
        return client;
      },
    });
    const model = await openModel({ ...PROMPT, provider: 'bedrock' }, '');
    expect(await model.answer(REQUEST)).toMatchObject({ text: 'hi', usage: undefined });
    expect(endpoints).toEqual(['https://model.test/v1']);
  });

  test.each([
    ['openai', true],
    ['anthropic', true],
    ['openai-compatible', false],
    ['bedrock', false],
  ] as const)('%s holds to a schema: %s, unless the prompt says otherwise', async (provider, expected) => {
    const openModel = modelOpener({ bedrockClient: () => ({ send: async () => ({}) }) });
    const capability = async (prompt: Prompt) =>
      (await openModel(prompt, 'key')).capabilities?.structuredOutput;
    expect(await capability({ ...PROMPT, provider })).toBe(expected);
    expect(await capability({ ...PROMPT, provider, structuredOutput: !expected })).toBe(!expected);
  });

  test('has one scripted model, which says what the user said', async () => {
    const openModel = modelOpener();
    const model = await openModel({ ...PROMPT, provider: 'scripted', model: 'echo' }, '');
    expect(JSON.parse((await model.answer(REQUEST)).text)).toMatchObject({ content: 'You said: hello' });
    await expect(openModel({ ...PROMPT, provider: 'scripted', model: 'x' }, '')).rejects.toMatchObject({
      errorClass: 'hold',
    });
  });
});
