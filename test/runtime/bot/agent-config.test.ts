import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAgentConfig } from '../../../runtime/bot/agents/config-file.ts';
import type { ConfigError } from '../../../runtime/core/errors.ts';

const AGENT = { type: 'agent', name: 'librarian', system: 'Help readers.' };
const GENERAL = { default_models: [{ provider: 'openai', model: 'gpt-5-mini' }] };
const TOOL = { type: 'tool', name: 'look_up', function: 'lookUp' };

function read(config: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({ 'config.json': config, ...more }))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return readAgentConfig(join(folder, 'config.json'));
}

function faultsOf(...files: Parameters<typeof read>): readonly string[] {
  try {
    read(...files);
  } catch (error) {
    return (error as ConfigError).faults;
  }
  return [];
}

const withAgent = (more: object, general: object = GENERAL) => ({
  general_parameters: general,
  components: [{ ...AGENT, ...more }],
});

describe('a configuration file', () => {
  it.each(['', '{', '[]', '7', 'null', '{}'])('that is %j is an error at load', (text) => {
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(
        /^config\.json: the file (is missing or not JSON|must be an object that is not empty)$/,
      ),
    ]);
  });

  it('names the agent, its tools and its models', () => {
    const own = [{ provider: 'groq', model: 'fast', base_url: 'http://127.0.0.1:9/v1' }];
    const config = read({
      general_parameters: GENERAL,
      components: [{ ...AGENT, models: own, uses_tool: ['look_up'] }, TOOL, { ...TOOL, name: 'unused' }],
    });
    expect(config.agent.name).toBe('librarian');
    expect(config.tools.map(({ name }) => name)).toEqual(['look_up']);
    expect(config.models).toEqual(own);
    expect(read(withAgent({})).models).toEqual(GENERAL.default_models);
  });

  it('lists every fault with its place', () => {
    const faults = faultsOf({
      general_parameters: {
        timezone: 'Mars/Base',
        timeout: 0,
        default_models: [{ provider: 'acme', model: '' }],
        extra: 1,
      },
      components: [
        {
          ...AGENT,
          name: 'a b',
          model_params: { temperature: 3, max_tokens: 1.5, top_p: 'x' },
          required_outputs: { 'a b': 'x', c: 5 },
        },
        {
          ...AGENT,
          models: [],
          uses_tool: 7,
          positive_filter: 'user',
          include_timestamp: 'yes',
          required_outputs: {},
        },
        { type: 'tool', name: 'x' },
        { type: 'oracle' },
        7,
      ],
      more: true,
    });
    expect(faults.map((fault) => fault.replace('config.json: ', ''))).toEqual([
      'general_parameters.default_models[0].provider must be one of openai, openrouter, google, groq, anthropic, deepseek, wavespeed, nvidia, lmstudio',
      'general_parameters.default_models[0].model must not be empty',
      'general_parameters.timezone must be a timezone like Europe/Madrid',
      'general_parameters.timeout must be a number from 1 to 900',
      'general_parameters has unknown keys: extra',
      'components[0].name must be 1 to 64 characters of A-Z a-z 0-9 _ -',
      expect.stringMatching(/^components\[0\]\.required_outputs\.a b is no name for a field/),
      expect.stringMatching(/^components\[0\]\.required_outputs\.c must be a description, or an object/),
      'components[0].model_params.temperature must be a number from 0 to 2',
      'components[0].model_params.max_tokens must be a whole number',
      'components[0].model_params.top_p must be a number from 0 to 1',
      'components[1].required_outputs must name a field',
      'components[1].models must name a model',
      'components[1].positive_filter must be a list',
      'components[1].include_timestamp must be true or false',
      'components[1].uses_tool must be the name of a tool, or a list of them',
      'components[2].function must be a text',
      'components[3].type must be agent, tool or automation',
      'components[4] must be an object',
      'the file has unknown keys: more',
    ]);
  });

  it.each([
    ['the only automation', [{ type: 'automation', name: 'one', sequence: ['second'] }], 'second'],
    [
      'the last automation',
      [
        { type: 'automation', name: 'one', sequence: ['second'] },
        { type: 'automation', name: 'two', sequence: ['librarian'] },
      ],
      'librarian',
    ],
  ])('%s says which agent answers (§13.2)', (_name, automations, expected) => {
    const components = [AGENT, { ...AGENT, name: 'second' }, ...automations];
    expect(read({ general_parameters: GENERAL, components }).agent.name).toBe(expected);
  });

  it.each<[string, object[], string]>([
    ['no agent', [TOOL], 'components has no agent'],
    [
      'two agents in a row',
      [AGENT, { ...AGENT, name: 'second' }],
      'components runs librarian, second: only one agent is supported, and its tools stand in uses_tool',
    ],
    [
      'a sequence of two',
      [AGENT, TOOL, { type: 'automation', name: 'all', sequence: ['librarian', 'look_up'] }],
      'all runs librarian, look_up: only one agent is supported, and its tools stand in uses_tool',
    ],
    [
      'an agent that is not there',
      [AGENT, { type: 'automation', name: 'all', sequence: ['other'] }],
      'there is no agent named other',
    ],
    [
      'a tool that is not there',
      [{ ...AGENT, uses_tool: 'forget' }],
      'librarian uses the tool forget, which is not there',
    ],
    ['two of one name', [AGENT, { ...TOOL, name: 'librarian' }], 'two components are named librarian'],
  ])('with %s is refused', (_name, components, fault) => {
    expect(faultsOf({ general_parameters: GENERAL, components })).toEqual([`config.json: ${fault}`]);
  });

  it('without a model is refused', () => {
    expect(faultsOf(withAgent({}, {}))).toEqual([
      'config.json: librarian has no models, and there are no default_models',
    ]);
  });

  it('with what this release does not support is refused with a sentence for each (§22)', () => {
    const faults = faultsOf({
      general_parameters: {
        ...GENERAL,
        history_mode: 'shared',
        on_complete: 'f',
        model_failure_policy: 'x',
        imports: [],
      },
      components: [
        AGENT,
        { type: 'process', name: 'p', function: 'f' },
        { type: 'automation', name: 'all', sequence: ['librarian:*?-5~', { control_flow_type: 'branch' }] },
      ],
      links: { librarian: 'p' },
    });
    expect(faults.map((fault) => fault.replace('config.json: ', ''))).toEqual([
      expect.stringMatching(/^general_parameters\.history_mode is not supported: /),
      expect.stringMatching(/^general_parameters\.on_complete is not supported: /),
      expect.stringMatching(/^general_parameters\.model_failure_policy is not supported: /),
      expect.stringMatching(/^general_parameters\.imports is not supported: /),
      'components[1] is a process, which is not supported: write an agent in code',
      expect.stringMatching(/^components\[2\]\.sequence\[0\] has a selector, which is not supported/),
      expect.stringMatching(/^components\[2\]\.sequence\[1\] is control flow, which is not supported/),
      'links are not supported: name the tools of an agent in uses_tool',
    ]);
  });

  it('reads its prices, and tells their faults by their own file', () => {
    const config = withAgent({}, { ...GENERAL, costs_path: 'costs.json' });
    const prices = { 'openai:own': { input: 1, output: 2 } };
    expect(read(config, { 'costs.json': prices }).prices).toEqual(prices);
    expect(faultsOf(config, { 'costs.json': { 'openai:own': { input: -1 } } })).toEqual([
      'costs.json: openai:own.input must be a number from 0 to 100000',
      'costs.json: openai:own.output must be a number from 0 to 100000',
    ]);
    expect(faultsOf(config)).toEqual(['costs.json: the file is missing or not JSON']);
  });
});
