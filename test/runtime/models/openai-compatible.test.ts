import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../../local/stand-ins/fault.ts';
import { createOpenAiStandIn, openAiError } from '../../../local/stand-ins/openai.ts';
import { describeError } from '../../../runtime/core/errors.ts';
import { asList } from '../../../runtime/core/json.ts';
import type {
  ModelError,
  ModelMessage,
  ModelRequest,
  ObjectSchema,
  ToolDeclaration,
} from '../../../runtime/models/model.ts';
import { openAiCompatible } from '../../../runtime/models/openai-compatible.ts';

const REQUEST: ModelRequest = {
  instructions: 'Be brief.',
  messages: [
    { role: 'user', text: 'hello' },
    { role: 'assistant', text: 'hi' },
    { role: 'user', text: 'the secret question' },
  ],
  timeoutMillis: 5000,
};

const open = (standIn: { readonly fetch: typeof fetch }, baseUrl?: string) =>
  openAiCompatible({ model: 'small', apiKey: 'sk-key', baseUrl, fetch: standIn.fetch });

const failure = async (fetch: typeof globalThis.fetch, request = REQUEST) => {
  const model = open({ fetch });
  return model.answer(request).then(
    () => expect.fail('it answered'),
    (error: ModelError) => error,
  );
};

describe('a model behind the chat completions API', () => {
  it('is sent the instructions and the conversation in order, and answers with text and tokens', async () => {
    const standIn = createOpenAiStandIn({ apiKey: 'sk-key', model: 'small', reply: () => 'because' });
    const model = open(standIn);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await model.answer({ ...REQUEST, maxOutputTokens: 50, temperature: 0.2, traceparent });
    expect(answer).toEqual({
      text: 'because',
      toolCalls: [],
      finishReason: 'stop',
      usage: { inputTokens: 11, outputTokens: 2, totalTokens: 13 },
      providerId: 'chatcmpl-000001',
    });
    expect(standIn.calls.map(({ body }) => body)).toEqual([
      {
        model: 'small',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'hello' },
          { role: 'assistant', content: 'hi' },
          { role: 'user', content: 'the secret question' },
        ],
        max_completion_tokens: 50,
        temperature: 0.2,
        traceparent,
      },
    ]);
  });

  it('is found under any base URL, where the token limit has its older name', async () => {
    const urls: string[] = [];
    const standIn = createOpenAiStandIn();
    const fetch: typeof globalThis.fetch = (input, init) => {
      urls.push(String(input));
      return standIn.fetch(input, init);
    };
    const model = open({ fetch }, 'http://127.0.0.1:11434/v1/');
    await model.answer({ ...REQUEST, maxOutputTokens: 50 });
    expect(urls).toEqual(['http://127.0.0.1:11434/v1/chat/completions']);
    expect(standIn.calls[0]?.body).toMatchObject({ max_tokens: 50 });
    expect(standIn.calls[0]?.body).not.toHaveProperty('max_completion_tokens');
  });

  it.each<[string, FaultRule, string, object]>([
    ['an expired key', { kind: 'refuse', status: 401 }, 'hold', { code: 'invalid_api_key' }],
    ['a forbidden region', { kind: 'refuse', status: 403 }, 'hold', {}],
    ['an unknown model', { kind: 'refuse', status: 404 }, 'hold', { code: 'model_not_found' }],
    [
      'spent credit',
      { kind: 'refuse', status: 429, body: { error: { message: 'm', code: 'insufficient_quota' } } },
      'hold',
      { code: 'insufficient_quota' },
    ],
    ['a bad request', { kind: 'refuse', status: 400 }, 'permanent', { code: 400 }],
    ['a throttle', { kind: 'throttle', retryAfterSeconds: 7 }, 'transient', { retryAfterSeconds: 7 }],
    ['a server error', { kind: 'broken', platformObject: true }, 'transient', { code: 500 }],
    ['a server error without words', { kind: 'broken', status: 503, platformObject: false }, 'transient', {}],
    ['a proxy’s page as an error', { kind: 'html' }, 'transient', { code: 502 }],
    ['a lost answer', { kind: 'lose-answer' }, 'transient', {}],
    [
      'a refused connection',
      { kind: 'unreachable' },
      'transient',
      { message: 'The model did not answer (ECONNREFUSED)' },
    ],
  ])('%s is classified', async (_name, fault, errorClass, fields) => {
    const standIn = createOpenAiStandIn();
    standIn.fail(fault);
    const error = await failure(standIn.fetch);
    expect(error).toMatchObject({ name: 'ModelError', errorClass, ...fields });
  });

  it('is called once: retries are the caller’s', async () => {
    const standIn = createOpenAiStandIn();
    standIn.fail({ kind: 'broken', platformObject: true, times: 5 });
    await failure(standIn.fetch);
    expect(standIn.calls).toHaveLength(1);
  });

  it('that is silent for longer than the timeout is a transient failure', async () => {
    const standIn = createOpenAiStandIn();
    standIn.fail({ kind: 'hang' });
    const error = await failure(standIn.fetch, { ...REQUEST, timeoutMillis: 20 });
    expect(error).toMatchObject({ name: 'ModelError', errorClass: 'transient' });
    expect(error.message).toBe('The model did not answer (no answer in time)');
  });

  it('stops when the signal says so', async () => {
    const standIn = createOpenAiStandIn();
    standIn.fail({ kind: 'hang' });
    const signal = AbortSignal.timeout(20);
    const error = await failure(standIn.fetch, { ...REQUEST, signal });
    expect(error).toMatchObject({ name: 'ModelError', errorClass: 'transient' });
    expect(signal.aborted).toBe(true);
  });

  it('that is no model at all (a page with status 200) is named so', async () => {
    const page = async () => new Response('<html></html>', { headers: { 'content-type': 'text/html' } });
    const error = await failure(page);
    expect(error).toMatchObject({ name: 'ModelError', errorClass: 'transient' });
    expect(error.message).toContain('check the base URL');
  });

  it.each([
    ['length', 'cut off', { finishReason: 'length', text: 'cut off' }],
    ['content_filter', null, { finishReason: 'filtered', text: '' }],
    ['function_call', null, { finishReason: 'other', text: '' }],
  ])('that ended by %s says so', async (finish_reason, content, expected) => {
    const completion = async () => Response.json({ choices: [{ message: { content }, finish_reason }] });
    const model = open({ fetch: completion });
    expect(await model.answer(REQUEST)).toEqual({ ...expected, toolCalls: [], usage: undefined });
  });

  it('errors quote neither the conversation nor the key', async () => {
    const { json } = openAiError(400, 'Invalid: "the secret question" with sk-key', 'not allowed: secret');
    const error = await failure(async () => Response.json(json, { status: 400 }));
    expect(describeError(error)).toBe('ModelError: The model refused (HTTP 400, invalid_request_error)');
  });

  const LOOK_UP: ToolDeclaration = {
    name: 'look_up',
    description: 'Finds a book.',
    parameters: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
  };

  it('asks for tools, and is given their results behind its own message as it wrote it', async () => {
    const standIn = createOpenAiStandIn({
      reply: (text, { messages }) =>
        messages.at(-1)?.role === 'tool' ? `Found: ${text}` : [{ name: 'look_up', input: { title: 'Emma' } }],
    });
    const model = open(standIn);
    const first = await model.answer({ ...REQUEST, tools: [LOOK_UP] });
    expect(first).toMatchObject({
      text: '',
      finishReason: 'tools',
      toolCalls: [{ id: 'call_1_0', name: 'look_up', input: '{"title":"Emma"}' }],
    });
    const { text, toolCalls } = first;
    const messages: ModelMessage[] = [
      ...REQUEST.messages,
      { role: 'assistant', text, toolCalls },
      { role: 'tool', callId: 'call_1_0', text: 'shelf 3' },
    ];
    expect(await model.answer({ ...REQUEST, messages, tools: [LOOK_UP] })).toMatchObject({
      text: 'Found: shelf 3',
      toolCalls: [],
    });
    expect(standIn.calls[0]?.body.tools).toEqual([{ type: 'function', function: LOOK_UP }]);
    const call = {
      id: 'call_1_0',
      type: 'function',
      function: { name: 'look_up', arguments: '{"title":"Emma"}' },
    };
    const sent = (at: number) => asList(standIn.calls[at]?.body.messages).slice(-2);
    const signed = { ...call, extra_content: { signature: 'signature-1-0' } };
    expect(sent(1)).toEqual([
      { role: 'assistant', content: null, refusal: null, tool_calls: [signed] },
      { role: 'tool', tool_call_id: 'call_1_0', content: 'shelf 3' },
    ]);
    // Another provider's model goes on: it knows nothing of the first one's fields.
    await open(standIn).answer({ ...REQUEST, messages, tools: [LOOK_UP] });
    expect(sent(2)[0]).toEqual({ role: 'assistant', content: null, tool_calls: [call] });
  });

  it.each<[string, string | undefined, boolean]>([
    ['OpenAI', undefined, true],
    ['a server that may not know it', 'http://127.0.0.1:11434/v1', false],
  ])('%s is held to a JSON Schema: %s, %s', async (_name, baseUrl, expected) => {
    const standIn = createOpenAiStandIn({ reply: () => 'yes' });
    const schema: ObjectSchema = {
      type: 'object',
      properties: { response: { type: 'string' } },
      required: ['response'],
      additionalProperties: false,
    };
    const answer = await open(standIn, baseUrl).answer({ ...REQUEST, output: { name: 'reply', schema } });
    expect(standIn.calls[0]?.body.response_format).toEqual(
      expected ? { type: 'json_schema', json_schema: { name: 'reply', strict: true, schema } } : undefined,
    );
    expect(answer.text).toBe(expected ? '{"response":"yes"}' : 'yes');
  });

  it('takes Google’s list around an error, and no header from a server without a key', async () => {
    const headers: Headers[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      headers.push(new Request(input, init).headers);
      return Response.json([{ error: { code: 503, status: 'UNAVAILABLE' } }], { status: 503 });
    };
    const model = openAiCompatible({
      model: 'small',
      apiKey: '',
      baseUrl: 'http://127.0.0.1:1234/v1',
      fetch,
    });
    await expect(model.answer({ ...REQUEST, topP: 0.5 })).rejects.toMatchObject({
      errorClass: 'transient',
      message: 'The model refused (HTTP 503)',
    });
    expect(headers[0]?.has('authorization')).toBe(false);
  });
});
