import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { ANTHROPIC_FAULTS, createAnthropicStandIn } from '../../../local/stand-ins/anthropic.ts';
import { awsHandler, BEDROCK_FAULTS, createBedrockStandIn } from '../../../local/stand-ins/bedrock.ts';
import type { ModelStandInOptions } from '../../../local/stand-ins/model-server.ts';

/** The vendors' own clients judge whether the wire format is theirs. */

function anthropic(options: ModelStandInOptions = {}) {
  const standIn = createAnthropicStandIn(options);
  const client = new Anthropic({ apiKey: 'sk-ant', maxRetries: 0, fetch: standIn.fetch });
  const ask = (more: object = {}) =>
    client.messages.create({
      model: 'claude-test',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hi' }],
      ...more,
    });
  return { standIn, ask };
}

describe('the Messages API', () => {
  it('answers Hello with its usage, the cached part apart', async () => {
    const { standIn, ask } = anthropic();
    standIn.say({}, { usage: { input: 10, output: 5, cached: 4 } });
    expect(await ask({ system: 'Be brief.' })).toMatchObject({
      id: 'msg_000000000001',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: '{"content":"Hello"}' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, cache_read_input_tokens: 0, output_tokens: 5 },
    });
    expect((await ask()).usage).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 4 });
    expect(standIn.calls).toMatchObject([{ method: 'message', chatId: 'claude-test', text: 'Hi' }, {}]);
  });

  it('stops for each reason', async () => {
    const { standIn, ask } = anthropic();
    standIn.say({ finish: 'length' }, { finish: 'refusal' }, { finish: 'tools' }, { finish: 'context' });
    const reasons = [];
    for (let n = 0; n < 4; n++) reasons.push((await ask()).stop_reason);
    expect(reasons).toEqual(['max_tokens', 'refusal', 'tool_use', 'model_context_window_exceeded']);
    standIn.say({ finish: 'failed' });
    await expect(ask()).rejects.toMatchObject({ status: 500 });
  });

  it.each([
    ['no limit', { max_tokens: undefined }],
    ['no message', { messages: [] }],
    ['an assistant first', { messages: [{ role: 'assistant', content: 'Hi' }] }],
    [
      'a system message',
      {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'system', content: 'x' },
        ],
      },
    ],
    ['a blank message', { messages: [{ role: 'user', content: ' ' }] }],
    ['what it does not know', { store: false }],
    [
      'an open schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } },
    ],
  ])('refuses %s', async (_name, more) => {
    await expect(anthropic().ask(more)).rejects.toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error' } },
    });
  });

  it('fails in its own words', async () => {
    const { standIn, ask } = anthropic({ apiKey: 'other' });
    await expect(ask()).rejects.toMatchObject({
      status: 401,
      error: { error: { type: 'authentication_error' } },
    });
    const open = anthropic({ model: 'claude-test', maxInputUnits: 10 });
    await expect(open.ask({ model: 'x' })).rejects.toMatchObject({ status: 404 });
    await expect(open.ask({ system: 'much too long' })).rejects.toMatchObject({ status: 400 });
    open.standIn.fail(ANTHROPIC_FAULTS.overloaded);
    await expect(open.ask()).rejects.toMatchObject({
      status: 529,
      error: { error: { type: 'overloaded_error' } },
    });
    open.standIn.fail(ANTHROPIC_FAULTS.insufficientQuota);
    await expect(open.ask()).rejects.toMatchObject({ status: 400 });
    open.standIn.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    await expect(open.ask()).rejects.toMatchObject({ status: 429 });
    expect(standIn.calls).toEqual([]);
  });
});

function bedrock(options: ModelStandInOptions = {}) {
  const standIn = createBedrockStandIn(options);
  const client = new BedrockRuntimeClient({
    region: 'eu-north-1',
    credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: awsHandler(standIn),
  });
  const ask = (more: object = {}, signal?: AbortSignal) =>
    client.send(
      new ConverseCommand({
        modelId: 'vendor.model-v1:0',
        messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
        ...more,
      }),
      signal ? { abortSignal: signal } : {},
    );
  return { standIn, ask };
}

describe('the Converse API', () => {
  it('answers Hello with its usage and the id of the request', async () => {
    const { standIn, ask } = bedrock();
    expect(await ask({ system: [{ text: 'Be brief.' }] })).toMatchObject({
      $metadata: { requestId: '00000000-0000-4000-8000-000000000001' },
      output: { message: { role: 'assistant', content: [{ text: '{"content":"Hello"}' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    });
    expect(standIn.calls).toMatchObject([{ method: 'converse', chatId: 'vendor.model-v1:0', text: 'Hi' }]);
  });

  it('stops for each reason', async () => {
    const { standIn, ask } = bedrock();
    standIn.say({ finish: 'length' }, { finish: 'filtered' }, { finish: 'refusal' }, { finish: 'tools' });
    const reasons = [];
    for (let n = 0; n < 4; n++) reasons.push((await ask()).stopReason);
    expect(reasons).toEqual(['max_tokens', 'content_filtered', 'guardrail_intervened', 'tool_use']);
  });

  it.each([
    ['no message', { messages: [] }],
    ['an assistant first', { messages: [{ role: 'assistant', content: [{ text: 'Hi' }] }] }],
    [
      'two of one side',
      {
        messages: [
          { role: 'user', content: [{ text: 'Hi' }] },
          { role: 'user', content: [{ text: 'Ho' }] },
        ],
      },
    ],
    ['no content', { messages: [{ role: 'user', content: [] }] }],
    ['a blank text', { messages: [{ role: 'user', content: [{ text: ' ' }] }] }],
    ['no tokens', { inferenceConfig: { maxTokens: 0 } }],
    ['long metadata', { requestMetadata: { turn: 'x'.repeat(257) } }],
  ])('refuses %s', async (_name, more) => {
    await expect(bedrock().ask(more)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('fails by the names of AWS', async () => {
    const { standIn, ask } = bedrock({ model: 'vendor.model-v1:0', maxInputUnits: 10 });
    standIn.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    await expect(ask()).rejects.toMatchObject({ name: 'ThrottlingException' });
    standIn.fail({ kind: 'broken', platformObject: true, status: 503 });
    await expect(ask()).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    standIn.fail(BEDROCK_FAULTS.modelTimeout);
    await expect(ask()).rejects.toMatchObject({ name: 'ModelTimeoutException' });
    standIn.fail(BEDROCK_FAULTS.accessDenied);
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    standIn.say({ finish: 'failed' });
    await expect(ask()).rejects.toMatchObject({ name: 'ModelErrorException' });
    await expect(ask({ modelId: 'other' })).rejects.toThrow(/model identifier/);
    await expect(ask({ system: [{ text: 'much too long' }] })).rejects.toThrow(/too long/);
    standIn.fail({ kind: 'lose-answer' });
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    standIn.fail({ kind: 'hang' });
    await expect(ask({}, AbortSignal.timeout(20))).rejects.toThrow();
  });

  it('wants a signature', async () => {
    const answer = await createBedrockStandIn().fetch('https://bedrock.example/model/m/converse', {
      method: 'POST',
      body: '{}',
    });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
    const elsewhere = await createBedrockStandIn().fetch('https://bedrock.example/model/m/invoke', {
      method: 'POST',
    });
    expect(elsewhere.status).toBe(404);
  });
});
