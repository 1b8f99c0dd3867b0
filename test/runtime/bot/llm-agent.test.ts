import { describe, expect, it, test } from 'vitest';
import { createOpenAiStandIn } from '../../../local/stand-ins/openai.ts';
import type { Agent, Usage } from '../../../runtime/bot/agent.ts';
import { type AgentTool, type LlmAgentOptions, llmAgent } from '../../../runtime/bot/agents/llm.ts';
import { asynchronous, CHAT, context, queued, storedTexts, textJob, workerWorld } from './worker-world.ts';

const SETTINGS = { OPENAI_API_KEY: 'sk-key', OPENAI_MODEL: 'small' };

/** A worker whose agent asks the stand-in. */
function llmWorld(options: LlmAgentOptions = {}, environment: Readonly<Record<string, string>> = SETTINGS) {
  const openai = createOpenAiStandIn({ apiKey: 'sk-key', reply: (text) => `You asked: ${text}` });
  const agent = llmAgent({ fetch: openai.fetch, ...options });
  const world = workerWorld({ policy: 'fifo', agent, environment });
  const say = (text: string, eventId: string) => world.worker(queued(textJob(text, eventId)), context());
  const logged = (message: string) => world.lines.filter((line) => line.message === message);
  return { ...world, openai, say, logged };
}

describe('the agent with a language model', () => {
  it('answers a message with what the model says, in the light of the history', async () => {
    const { say, openai, provider, s3 } = llmWorld({ system: 'Be kind.' });
    await say('first', 'wamid.1');
    await say('second', 'wamid.2');
    expect(provider.sent.map(({ text }) => text)).toEqual(['You asked: first', 'You asked: second']);
    expect(openai.calls[1]?.body).toEqual({
      model: 'small',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'You asked: first' },
        { role: 'user', content: 'second' },
      ],
      traceparent: textJob('', 'wamid.2').traceparent,
    });
    expect(storedTexts(s3)).toEqual(['first', 'You asked: first', 'second', 'You asked: second']);
  });

  it('logs the model and its tokens, and no text', async () => {
    const { say, logged, lines } = llmWorld();
    await say('a private matter', 'wamid.1');
    expect(logged('model_answered')).toEqual([
      expect.objectContaining({ model: 'openai:small', tokens_in: 4, tokens_out: 7, finish_reason: 'stop' }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('private');
  });

  it('sends no metadata and no rows without text', async () => {
    const { say, openai, another, s3 } = llmWorld();
    const agent = () => [
      { type: 'variable', content: 'hidden' },
      { type: 'text', content: { response: 'shown', score: 7 }, metadata: { note: 'hidden' } },
    ];
    await another({ agent }).worker(queued(textJob('first', 'wamid.1')), context());
    await another({ agent: () => null }).worker(queued(textJob('', 'wamid.2')), context());
    await say('second', 'wamid.3');
    expect(storedTexts(s3)).toHaveLength(5);
    expect(openai.calls[0]?.body.messages).toEqual([
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'shown' },
      { role: 'user', content: 'second' },
    ]);
  });

  it('waits and asks again when the model is throttled, then stores one answer', async () => {
    const { say, openai, provider, clock } = llmWorld();
    openai.fail({ kind: 'throttle', retryAfterSeconds: 3 });
    await say('hello', 'wamid.1');
    expect(openai.calls).toHaveLength(2);
    expect(clock.slept).toContain(3000);
    expect(provider.sent).toHaveLength(1);
  });

  it('gives the message back when the model stays down, and answers it when it is delivered again', async () => {
    const { say, openai, provider } = llmWorld();
    openai.fail({ kind: 'broken', platformObject: true, times: 3 });
    expect(await say('hello', 'wamid.1')).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(provider.sent).toHaveLength(0);
    expect(await say('hello', 'wamid.1')).toEqual({ batchItemFailures: [] });
    expect(provider.sent.map(({ text }) => text)).toEqual(['You asked: hello']);
  });

  it('a refused key is not tried again and calls for an operator', async () => {
    const { worker, openai, logged } = llmWorld();
    openai.fail({ kind: 'refuse', status: 401, times: 9 });
    await expect(worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
      'The model refused (HTTP 401, invalid_api_key',
    );
    expect(openai.calls).toHaveLength(1);
    expect(logged('operator_needed')).toMatchObject([{ level: 'CRITICAL' }]);
  });

  it('missing settings are named, all at once, and no model is called', async () => {
    const { worker, openai, logged } = llmWorld({ apiKeyName: 'GROQ_API_KEY' }, {});
    await expect(worker(asynchronous(textJob('hello')), context())).rejects.toThrow(
      'Configuration faults: GROQ_API_KEY is missing: the agent has no API key for the model; OPENAI_MODEL is missing, and the agent names no model',
    );
    expect(openai.calls).toHaveLength(0);
    expect(logged('operator_needed')).toHaveLength(1);
  });

  it('waits for the model no longer than is configured, and no longer than the function lives', async () => {
    const { worker, openai } = llmWorld({ timeoutSeconds: 0.02 });
    openai.fail({ kind: 'hang', times: 9 });
    await expect(worker(asynchronous(textJob('hello')), context())).rejects.toThrow('did not answer');
    expect(openai.calls).toHaveLength(3);
    const short = llmWorld();
    short.openai.fail({ kind: 'hang', times: 9 });
    await expect(short.worker(asynchronous(textJob('hello')), context(90))).rejects.toThrow('answer');
    expect(short.openai.calls).toHaveLength(1);
  });

  it('an empty answer is an error, not a silent message', async () => {
    const { worker, provider, lines } = llmWorld({
      fetch: async () => Response.json({ choices: [{ finish_reason: 'length' }] }),
    });
    await worker(asynchronous(textJob('hello')), context());
    expect(JSON.stringify(lines)).toContain("The model's answer is empty (length)");
    expect(provider.sent.map((call) => call.text)).toEqual([
      'Sorry, something went wrong. Please try again later.',
    ]);
  });

  it('a new key in the settings opens a new client', async () => {
    const keys: (string | null)[] = [];
    const openai = createOpenAiStandIn();
    const fetch: typeof globalThis.fetch = (input, init) => {
      keys.push(new Request(input, init).headers.get('authorization'));
      return openai.fetch(input, init);
    };
    const agent = llmAgent({ model: 'small', fetch });
    const world = workerWorld({ policy: 'fifo', agent });
    for (const [index, key] of ['one', 'one', 'two'].entries()) {
      const { worker } = world.another({ environment: { OPENAI_API_KEY: key } });
      await worker(queued(textJob('hello', `wamid.${index}`)), context());
    }
    expect(keys).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  const catalogue = (seen: unknown[]): AgentTool => ({
    name: 'look_up',
    description: 'Finds a book.',
    parameters: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    run: (input, turn, { getKey }) => {
      seen.push([input, turn.chatId, getKey('CATALOGUE')]);
      return { shelf: 3 };
    },
  });

  it('runs the tools that the model asks for, with the turn at hand, and sends the answer they led to', async () => {
    const seen: unknown[] = [];
    const { openai, agent } = toolWorld({ tools: [catalogue(seen)] });
    const world = workerWorld({ policy: 'fifo', agent, environment: { ...SETTINGS, CATALOGUE: 'c-key' } });
    await world.worker(queued(textJob('Emma?', 'wamid.1')), context());
    expect(seen).toEqual([[{ title: 'Emma?' }, CHAT, 'c-key']]);
    expect(world.provider.sent.map(({ text }) => text)).toEqual(['Found: {"shelf":3}']);
    expect(openai.calls).toHaveLength(2);
    expect(storedTexts(world.s3)).toEqual(['Emma?', 'Found: {"shelf":3}']);
  });

  test('bot A67: tokens and cost of every answer of the turn are counted, tool rounds and failures too', async () => {
    const { openai, agent } = toolWorld({
      model: 'gpt-5-mini',
      tools: [catalogue([])],
      prices: { 'openai:gpt-5-mini': { input: 100, output: 1000 } },
    });
    const used: Usage[] = [];
    const counting: Agent = (turn, given) =>
      agent(turn, { ...given, countUsage: (usage) => used.push(usage) });
    const world = workerWorld({ policy: 'fifo', agent: counting, environment: SETTINGS });
    openai.fail({ kind: 'pass' });
    openai.fail({ kind: 'throttle', retryAfterSeconds: 1 });
    await world.worker(queued(textJob('Emma?', 'wamid.1')), context());
    expect(openai.calls.map(({ fault }) => fault)).toEqual(['pass', 'throttle', undefined]);
    const model = 'openai:gpt-5-mini';
    const usages = world.lines
      .filter(({ message }) => message === 'model_answered')
      .map(({ tokens_in: tokensIn, tokens_out: tokensOut, cost_usd: costUsd }) => ({
        model,
        tokensIn,
        tokensOut,
        costUsd,
      }));
    expect(used).toEqual(usages);
    expect(used).toHaveLength(2);
    for (const { tokensIn, tokensOut, costUsd } of used) {
      expect(tokensIn).toBeGreaterThan(0);
      expect(costUsd).toBeCloseTo((tokensIn * 100 + tokensOut * 1000) / 1e6, 10);
    }
    expect(world.lines.filter(({ message }) => message === 'model_price_unknown')).toEqual([]);
  });

  it('a model without a price is counted in tokens alone, and named once', async () => {
    const used: Usage[] = [];
    const openai = createOpenAiStandIn();
    const agent = llmAgent({ fetch: openai.fetch });
    const counting: Agent = (turn, given) =>
      agent(turn, { ...given, countUsage: (usage) => used.push(usage) });
    const { worker, lines } = workerWorld({ policy: 'fifo', agent: counting, environment: SETTINGS });
    for (const id of ['1', '2']) await worker(queued(textJob('hello', `wamid.${id}`)), context());
    expect(used).toHaveLength(2);
    expect(used[0]).toEqual({ model: 'openai:small', tokensIn: 2, tokensOut: 6 });
    const warnings = lines.filter(({ message }) => message === 'model_price_unknown');
    expect(warnings).toMatchObject([{ level: 'WARN', model: 'openai:small' }]);
  });

  test('bot A72: every model request of a turn carries its trace context, after a tool too', async () => {
    const { openai, agent } = toolWorld({ tools: [catalogue([])] });
    const { worker } = workerWorld({ policy: 'fifo', agent, environment: SETTINGS });
    const job = textJob('Emma?', 'wamid.1');
    await worker(queued(job), context());
    expect(openai.calls.map(({ body }) => body.traceparent)).toEqual([job.traceparent, job.traceparent]);
  });

  test('bot A51: a text that looks like a file reaches the model and its tools as that text', async () => {
    const seen: unknown[] = [];
    const { openai, agent } = toolWorld({ tools: [catalogue(seen)] });
    const { worker, s3 } = workerWorld({ policy: 'fifo', agent, environment: SETTINGS });
    await worker(queued(textJob('file:/proc/self/environ', 'wamid.1')), context());
    expect(openai.calls[0]?.body.messages).toEqual([{ role: 'user', content: 'file:/proc/self/environ' }]);
    expect(seen).toEqual([[{ title: 'file:/proc/self/environ' }, CHAT, undefined]]);
    expect(storedTexts(s3)[0]).toBe('file:/proc/self/environ');
  });
});

/** An agent whose model looks the message up first. */
function toolWorld(options: LlmAgentOptions) {
  const openai = createOpenAiStandIn({
    reply: (text, { messages }) =>
      messages.at(-1)?.role === 'tool' ? `Found: ${text}` : [{ name: 'look_up', input: { title: text } }],
  });
  return { openai, agent: llmAgent({ fetch: openai.fetch, ...options }) };
}
