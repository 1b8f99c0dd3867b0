import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from 'vitest';
import { createAnthropicStandIn } from '../../../local/stand-ins/anthropic.ts';
import { awsHandler, createBedrockStandIn } from '../../../local/stand-ins/bedrock.ts';
// Loaded beforehand: time would go on while the worker loads them.
import '../../../runtime/models/anthropic.ts';
import '../../../runtime/models/bedrock.ts';
import '../../../runtime/models/openai-compatible.ts';
import { readPrompts } from '../../../runtime/models/prompts-file.ts';
import { chatServer } from '../models/chat-server.ts';
import { PROMPT, SID } from './records.ts';
import { RepliesWorld, type WorldOptions } from './world.ts';

const anthropic = createAnthropicStandIn();
const bedrock = createBedrockStandIn();
const chat = chatServer();
const client = new BedrockRuntimeClient({
  region: 'eu-north-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  requestHandler: awsHandler(bedrock) as never,
});

const PROVIDERS: Readonly<Record<string, readonly [prompt: object, options: WorldOptions]>> = {
  openai: [{ provider: 'openai', model: 'gpt-test' }, {}],
  'openai-compatible': [
    { provider: 'openai-compatible', model: 'llama', base_url: 'https://chat.test/v1' },
    { servers: { 'chat.test': chat.fetch } },
  ],
  anthropic: [
    { provider: 'anthropic', model: 'claude' },
    { servers: { 'api.anthropic.com': anthropic.fetch } },
  ],
  bedrock: [{ provider: 'bedrock', model: 'nova' }, { bedrock: client }],
};

describe('replies 60: the same turn with every provider', () => {
  test.each(Object.entries(PROVIDERS))('replies 60: %s', async (name, [prompt, options]) => {
    const file = { [PROMPT]: { version: 1, instructions: 'You answer for {{company_name}}.', ...prompt } };
    const world = new RepliesWorld({ ...options, prompts: readPrompts(JSON.stringify(file), {}) });
    await world.webhook({ messageSid: SID });
    const runs = await world.run(15);
    expect(runs).toMatchObject([{ failures: [] }]);

    // One reply.
    expect(world.twilio.messages.map(({ body }) => body)).toEqual(['Hello']);
    const [user, assistant, ...more] = world.entries();
    expect(more).toEqual([]);
    expect(user).toMatchObject({ role: 'user', content: 'Hi', message_id: SID });
    expect(assistant).toMatchObject({
      role: 'assistant',
      content: 'Hello',
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      model: `${name}:${(prompt as { model: string }).model}`,
      provider_ref: expect.stringMatching(/^[\w-]{8,64}$/),
      turn_id: user?.turn_id,
    });
    expect(assistant).not.toHaveProperty('usage_missing');
    expect(world.conversation().status).toBe('reply_sent');
    expect([world.staged, world.locks, world.triggers]).toEqual([[], [], []]);
    expect(world.metric('ModelCalls')).toBe(1);
    expect(world.metric('ModelTokens')).toBe(15);
  });
});
