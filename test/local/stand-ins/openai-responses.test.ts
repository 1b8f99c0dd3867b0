import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ModelStandInOptions } from '../../../local/stand-ins/model-server.ts';
import { createResponsesStandIn, RESPONSES_FAULTS } from '../../../local/stand-ins/openai-responses.ts';

/** The vendor's own client judges whether the wire format is its own. */

const SCHEMA = {
  type: 'object',
  properties: { content: { type: 'string' } },
  required: ['content'],
  additionalProperties: false,
};

function responses(options: ModelStandInOptions = {}) {
  const standIn = createResponsesStandIn(options);
  const client = new OpenAI({ apiKey: 'sk-key', maxRetries: 0, fetch: standIn.fetch });
  const ask = (more: object = {}) =>
    client.responses.create({
      model: 'gpt-test',
      input: [{ role: 'user', content: 'Hi' }],
      store: false,
      ...more,
    });
  return { standIn, client, ask };
}

describe('the Responses API', () => {
  it('answers Hello with the usage of the test data', async () => {
    const { standIn, ask } = responses({ nowMillis: () => 5000 });
    const response = await ask({ instructions: 'Be brief.', metadata: { turn_id: 't' } });
    expect(response).toMatchObject({
      id: 'resp_000000000001',
      object: 'response',
      created_at: 5,
      status: 'completed',
      output_text: '{"content":"Hello"}',
      store: false,
      metadata: { turn_id: 't' },
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    });
    expect(standIn.calls).toMatchObject([{ method: 'response', chatId: 'gpt-test', text: 'Hi' }]);
  });

  it('says what it is told, in order, then the usual', async () => {
    const { standIn, ask } = responses();
    standIn.say('plain', { finish: 'refusal', text: 'No.' }, { finish: 'length', text: 'cut' });
    standIn.say({ finish: 'filtered' }, { finish: 'failed' }, { finish: 'tools' }, { usage: null });
    expect((await ask()).output_text).toBe('plain');
    const refusal = await ask();
    expect(refusal.output).toMatchObject([
      { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] },
    ]);
    expect(await ask()).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'cut',
    });
    expect(await ask()).toMatchObject({ incomplete_details: { reason: 'content_filter' } });
    expect(await ask()).toMatchObject({ status: 'failed', error: { code: 'server_error' }, output: [] });
    expect((await ask()).output[0]?.type).toBe('function_call');
    expect((await ask()).usage).toBeUndefined();
    expect((await ask()).output_text).toBe('{"content":"Hello"}');
    standIn.say('gone');
    standIn.reset();
    expect((await ask()).output_text).toBe('{"content":"Hello"}');
  });

  it('repeats what the reply function makes of the last message', async () => {
    const { ask } = responses({
      reply: (text) => ({ text: `You: ${text}`, usage: { input: 3, output: 2, cached: 1 } }),
    });
    expect(await ask()).toMatchObject({
      output_text: 'You: Hi',
      usage: { input_tokens: 3, input_tokens_details: { cached_tokens: 1 }, total_tokens: 5 },
    });
  });

  it.each([
    ['no input', { input: [] }, 'missing_required_parameter'],
    ['no model', { model: '' }, 'missing_required_parameter'],
    ['an unknown role', { input: [{ role: 'tool', content: 'x' }] }, 'invalid_value'],
    [
      'parts of the other side',
      { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
      'invalid_type',
    ],
    ['too small a limit', { max_output_tokens: 15 }, 'integer_below_min_value'],
    ['a long identifier', { safety_identifier: 'x'.repeat(129) }, 'string_above_max_length'],
    ['metadata that are no texts', { metadata: { n: 1 } }, 'invalid_value'],
    ['an unknown parameter', { max_tokens: 5 }, 'unknown_parameter'],
    [
      'a schema that leaves room',
      {
        text: {
          format: { type: 'json_schema', name: 'reply', strict: true, schema: { ...SCHEMA, required: [] } },
        },
      },
      'invalid_json_schema',
    ],
    [
      'a schema that is open below',
      {
        text: {
          format: {
            type: 'json_schema',
            name: 'reply',
            strict: true,
            schema: { ...SCHEMA, properties: { content: { type: 'object', properties: {} } } },
          },
        },
      },
      'invalid_json_schema',
    ],
  ])('refuses %s', async (_name, more, code) => {
    await expect(responses().ask(more)).rejects.toMatchObject({ status: 400, code });
  });

  it('takes a strict schema', async () => {
    const text = { format: { type: 'json_schema', name: 'reply', strict: true, schema: SCHEMA } };
    expect((await responses().ask({ text })).status).toBe('completed');
  });

  it('fails in its own words', async () => {
    const { standIn, ask } = responses({ apiKey: 'sk-key', model: 'gpt-test' });
    standIn.fail({ kind: 'throttle', retryAfterSeconds: 2 });
    const limited = await ask().catch((error: unknown) => error);
    expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect((limited as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe('2');
    standIn.fail(RESPONSES_FAULTS.insufficientQuota);
    await expect(ask()).rejects.toMatchObject({
      status: 429,
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    });
    standIn.fail(RESPONSES_FAULTS.contextTooLong);
    await expect(ask()).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
    standIn.fail(RESPONSES_FAULTS.invalidPrompt);
    await expect(ask()).rejects.toMatchObject({ status: 400, code: 'invalid_prompt' });
    standIn.fail({ kind: 'broken', platformObject: true });
    await expect(ask()).rejects.toMatchObject({ status: 500 });
    await expect(ask({ model: 'other' })).rejects.toMatchObject({ status: 400, code: 'model_not_found' });
    const other = new OpenAI({ apiKey: 'other', maxRetries: 0, fetch: standIn.fetch });
    await expect(other.responses.create({ model: 'gpt-test', input: 'Hi' })).rejects.toMatchObject({
      status: 401,
    });
    await expect(other.models.list()).rejects.toMatchObject({ status: 401 });
  });

  it('has a limit to what it reads', async () => {
    const { ask } = responses({ maxInputUnits: 10 });
    await expect(ask({ instructions: '123456789' })).rejects.toMatchObject({
      code: 'context_length_exceeded',
    });
    expect((await ask({ instructions: '12345678' })).status).toBe('completed');
  });

  it('shows whoever calls the conversations, and has none of the older endpoints', async () => {
    const { standIn, client } = responses();
    await client.conversations.create({});
    expect(standIn.calls).toMatchObject([{ method: 'conversation' }]);
    await expect(client.models.list()).rejects.toMatchObject({ status: 404 });
  });
});
