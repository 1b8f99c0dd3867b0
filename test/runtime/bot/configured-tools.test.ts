import { describe, expect, it, test } from 'vitest';
import type { OpenAiStandInOptions } from '../../../local/stand-ins/openai.ts';
import { AGENT, configuredWorld, MODELS, SIMPLE } from './configured-world.ts';
import { storedHistory, storedTexts } from './worker-world.ts';

const TOOL = {
  type: 'tool',
  name: 'look_up',
  description: 'Finds a book.',
  inputs: { title: 'The title.', copies: { type: 'integer', description: 'How many.' } },
  outputs: { shelf: 'Where it stands.' },
  function: 'lookUp',
};

describe('tools of a configuration file', () => {
  const config = { ...SIMPLE, components: [{ ...AGENT, uses_tool: 'look_up' }, TOOL] };
  const reply: OpenAiStandInOptions['reply'] = (text, { messages }) =>
    messages.at(-1)?.role === 'tool'
      ? `Result ${text}`
      : [{ name: 'look_up', input: { title: 'Emma', copies: 2 } }];

  it('are declared by their inputs, run, and kept in the history', async () => {
    const seen: unknown[] = [];
    const lookUp = async (input: unknown) => {
      seen.push(input);
      return { shelf: 3 };
    };
    const { say, sent, openai, s3 } = configuredWorld(
      { 'config.json': config },
      { reply, tools: { lookUp } },
    );
    await say('Emma?');
    expect(seen).toEqual([{ title: 'Emma', copies: 2 }]);
    expect(sent()).toEqual(['Result {"shelf":3}']);
    expect(openai.calls[0]?.body.tools).toEqual([
      {
        type: 'function',
        function: {
          name: 'look_up',
          description: 'Finds a book.\n\nReturns:\n"shelf": Where it stands.',
          parameters: {
            type: 'object',
            properties: {
              title: { type: 'string', description: 'The title.' },
              copies: { type: 'integer', description: 'How many.' },
            },
            required: ['title', 'copies'],
            additionalProperties: false,
          },
        },
      },
    ]);
    const { history } = storedHistory(s3);
    expect(history.rows(9).map(({ role, type }) => `${role}/${type}`)).toEqual([
      'user/user',
      'look_up/tool',
      'librarian/agent',
    ]);
    history.close();
  });

  it('come from the module that the file names', async () => {
    const named = {
      ...config,
      general_parameters: { default_models: MODELS, functions: 'lib/functions.mjs' },
    };
    const module = "export const lookUp = ({ title }) => title + ' is on shelf 5';";
    const { say, sent } = configuredWorld({ 'config.json': named, 'lib/functions.mjs': module }, { reply });
    await say('Emma?');
    expect(sent()).toEqual(['Result Emma is on shelf 5']);
  });

  it('that throw have their default, or the model is told', async () => {
    const lookUp = () => {
      throw new Error('password');
    };
    const plain = configuredWorld({ 'config.json': config }, { reply, tools: { lookUp } });
    await plain.say('Emma?');
    expect(plain.sent()).toEqual(['Result {"error":"the tool failed"}']);
    const spare = {
      ...SIMPLE,
      components: [
        { ...AGENT, uses_tool: ['look_up'] },
        { ...TOOL, default_output: 'none' },
      ],
    };
    const kept = configuredWorld({ 'config.json': spare }, { reply, tools: { lookUp } });
    await kept.say('Emma?');
    expect(kept.sent()).toEqual(['Result none']);
    for (const { lines, logged } of [plain, kept]) {
      expect(logged('tool_failed')).toMatchObject([{ tool: 'look_up' }]);
      expect(JSON.stringify(lines)).not.toContain('password');
    }
  });

  it('without a function are a fault of the configuration', async () => {
    const { say, logged } = configuredWorld({ 'config.json': config }, { reply, tools: {} });
    expect(await say('Emma?')).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(logged('configuration_faulty')).toMatchObject([
      { faults: ['The tool look_up has no function: export one named lookUp'] },
    ]);
  });

  test('bot A67: the row carries what all answers of the turn cost, by the prices that the file adds', async () => {
    const priced = { ...config, general_parameters: { default_models: MODELS, costs_path: 'costs.json' } };
    const costs = { 'openai:gpt-5-mini': { input: 1000, output: 0 } };
    const files = { 'config.json': priced, 'costs.json': costs };
    const { say, s3, logged } = configuredWorld(files, { reply, tools: { lookUp: () => 'shelf 3' } });
    await say('Emma?');
    const sum = (field: string) =>
      logged('model_answered').reduce((total, line) => total + Number(line[field]), 0);
    const [tokens_in, tokens_out] = [sum('tokens_in'), sum('tokens_out')];
    expect(logged('model_answered')).toHaveLength(2);
    const cost_usd = tokens_in / 1000;
    const { history } = storedHistory(s3);
    const usage = history.rows(9).at(-1)?.blocks[0]?.metadata?.usage as { cost_usd: number };
    history.close();
    expect(usage).toEqual({ tokens_in, tokens_out, cost_usd: expect.closeTo(cost_usd, 9) });
    expect(logged('worker_job_finished')).toMatchObject([
      { tokens_in, tokens_out, cost_usd: expect.closeTo(cost_usd, 9) },
    ]);
  });

  test('bot A66: at the limit of the day no model of the chain is asked; the next day one is', async () => {
    const prices = { 'openai:gpt-5-mini': { input: 1e6, output: 1e6 } };
    const zoned = { ...SIMPLE, general_parameters: { default_models: MODELS, timezone: 'Europe/Madrid' } };
    const environment = { SPEND_LIMIT_USD_PER_CHAT_DAY: '5', SPEND_LIMIT_MESSAGE: 'Enough.' };
    const { say, sent, openai, clock, logged } = configuredWorld(
      { 'config.json': zoned },
      { prices, environment },
    );
    await say('one', 'wamid.1');
    await say('two', 'wamid.2');
    expect(openai.calls).toHaveLength(1);
    expect(sent()).toEqual(['About one', 'Enough.']);
    expect(logged('worker_job_finished')[1]).toMatchObject({ rule: 'spend_limit' });
    // 23:30 in Madrid is the same day there, and 00:30 UTC is not waited for.
    clock.jump(Date.parse('2026-11-21T22:30:00Z') - clock.nowMillis());
    await say('three', 'wamid.3');
    expect(openai.calls).toHaveLength(1);
    clock.jump(3_600_000);
    await say('four', 'wamid.4');
    expect(openai.calls).toHaveLength(2);
    expect(sent().at(-1)).toBe('About four');
  });

  test('bot A51: a text that looks like a file is sent to the model as that text', async () => {
    const { say, asked, s3 } = configuredWorld({ 'config.json': SIMPLE });
    await say('file:/proc/self/environ');
    expect(asked(0).at(-1)).toEqual({ role: 'user', content: '{"source":"user"}\nfile:/proc/self/environ' });
    expect(storedTexts(s3)[0]).toBe('file:/proc/self/environ');
  });
});

describe('which agent answers', () => {
  it('without a file it is the echo, and one given in code goes before the file', async () => {
    const { say, sent } = configuredWorld({});
    await say('hello');
    expect(sent()).toEqual(['You said: hello']);
  });

  it('a path that is set must lead to a file', async () => {
    const environment = { MAWS_CONFIG_PATH: 'agents/shop.json' };
    const found = configuredWorld({ 'agents/shop.json': SIMPLE }, { environment });
    await found.say('rain');
    expect(found.sent()).toEqual(['About rain']);
    const { say, sent, logged } = configuredWorld({ 'config.json': SIMPLE }, { environment });
    await say('rain');
    expect(sent()).toEqual([]);
    expect(logged('configuration_faulty')).toMatchObject([
      { faults: ['MAWS_CONFIG_PATH names agents/shop.json, which is not in the package'] },
    ]);
  });

  it('a functions module that the file names and the package lacks is a fault', async () => {
    const config = { ...SIMPLE, general_parameters: { default_models: MODELS, functions: 'functions.mjs' } };
    const { say, logged } = configuredWorld({ 'config.json': config });
    await say('rain');
    expect(logged('configuration_faulty')).toMatchObject([
      { faults: [expect.stringMatching(/^functions names .*functions\.mjs, which is not in the package$/)] },
    ]);
  });
});
