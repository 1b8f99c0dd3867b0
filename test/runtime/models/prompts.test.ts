import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../runtime/core/errors.ts';
import { filled, hasOnlyVariables, variablesIn } from '../../../runtime/models/prompt-variables.ts';
import { PROMPT_UNRESOLVED, resolvePrompt } from '../../../runtime/models/prompts.ts';
import { type PromptDefaults, readPrompts, readPromptsFile } from '../../../runtime/models/prompts-file.ts';

const read = (file: object, defaults?: PromptDefaults) => readPrompts(JSON.stringify(file), defaults);

function faultsOf(file: unknown): readonly string[] {
  try {
    readPrompts(typeof file === 'string' ? file : JSON.stringify(file), {});
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const PROMPT = { version: 1, model: 'm', instructions: 'Be brief.' };

describe('a prompt', () => {
  const prompts = read({
    $schema: './prompts.schema.json',
    booking: [
      { ...PROMPT, version: '1', aliases: ['asst_old'] },
      { ...PROMPT, version: '2', instructions: 'Be kind.' },
    ],
    support: { ...PROMPT, version: 7, aliases: ['asst_support'] },
  });

  test.each([
    ['booking', 'booking', '2'],
    [' booking ', 'booking', '2'],
    ['booking@1', 'booking', '1'],
    ['booking@2', 'booking', '2'],
    ['asst_old', 'booking', '1'],
    ['support', 'support', '7'],
    ['support@7', 'support', '7'],
    ['asst_support', 'support', '7'],
  ])('is found by %s', (reference, id, version) => {
    expect(resolvePrompt(prompts, reference)).toMatchObject({ id, version });
  });

  test.each([
    [undefined, 'names no prompt: set assistant_id_replies'],
    ['', 'names no prompt: set assistant_id_replies'],
    ['  ', 'names no prompt: set assistant_id_replies'],
    ['booking@3', 'There is no prompt booking@3 in prompts.json'],
    ['asst_unknown', 'There is no prompt asst_unknown in prompts.json'],
    ['pmpt_123', 'The prompt pmpt_123 is one that OpenAI stored'],
    ['a text with <odd> signs', 'There is no prompt in prompts.json'],
  ])('is not found by %j: an operator must help', (reference, message) => {
    const resolve = () => resolvePrompt(prompts, reference);
    expect(resolve).toThrow(message);
    expect(resolve).toThrow(expect.objectContaining({ errorClass: 'hold', code: PROMPT_UNRESOLVED }));
  });
});

test('what a prompt leaves open is the deployment’s, and the base URL only for its own provider', () => {
  const file = {
    a: PROMPT,
    b: { ...PROMPT, provider: 'anthropic' },
    c: { ...PROMPT, base_url: 'https://own.test/v1' },
  };
  const { byReference } = read(file, { provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' });
  expect(byReference.get('a')).toEqual({
    id: 'a',
    version: '1',
    provider: 'openai-compatible',
    model: 'm',
    instructions: 'Be brief.',
    images: false,
    baseUrl: 'http://127.0.0.1:1/v1',
  });
  expect(byReference.get('b')).not.toHaveProperty('baseUrl');
  expect(byReference.get('c')?.baseUrl).toBe('https://own.test/v1');
  expect(read(file).byReference.get('a')?.provider).toBe('openai');
  // A package is built without knowing them.
  expect(() => read({ d: { ...PROMPT, provider: 'openai-compatible' } })).not.toThrow();
});

test('everything that a prompt may say is taken over', () => {
  const schema = {
    type: 'object',
    properties: { content: { type: 'string' }, mood: { type: 'string' } },
    required: ['content', 'mood'],
    additionalProperties: false,
  };
  const full = {
    ...PROMPT,
    provider: 'bedrock',
    output_schema: schema,
    max_output_tokens: 300,
    base_url: 'https://vpce.test',
    structured_output: true,
    images: true,
  };
  expect(read({ full }).byReference.get('full')).toEqual({
    id: 'full',
    version: '1',
    provider: 'bedrock',
    model: 'm',
    instructions: 'Be brief.',
    output: schema,
    maxOutputTokens: 300,
    baseUrl: 'https://vpce.test',
    structuredOutput: true,
    images: true,
  });
});

describe('a file with faults', () => {
  test('has each of them named, with its place', () => {
    expect(
      faultsOf({
        good: PROMPT,
        'a b': PROMPT,
        pmpt_1: PROMPT,
        none: [],
        text: 'x',
        poor: { version: [], provider: 'acme', model: 1, max_output_tokens: 3, images: 'yes', colour: 1 },
        listed: [PROMPT, { ...PROMPT, version: 2, base_url: 'x', aliases: ['pmpt_1'], output_schema: {} }],
        own: { ...PROMPT, provider: 'openai-compatible' },
        odd: { ...PROMPT, instructions: 'Hello {{first name}}' },
      }),
    ).toEqual([
      'prompts.json: "a b" is no id of a prompt: it must be 1 to 64 characters of A-Z a-z 0-9 _ -, and not begin with pmpt_',
      'prompts.json: "pmpt_1" is no id of a prompt: it must be 1 to 64 characters of A-Z a-z 0-9 _ -, and not begin with pmpt_',
      'prompts.json: none must hold a version',
      'prompts.json: text must be an object',
      'prompts.json: poor.version must be a text or a whole number',
      'prompts.json: poor.provider must be one of openai, openai-compatible, anthropic, bedrock, scripted',
      'prompts.json: poor.model must be a text',
      'prompts.json: poor.instructions must be a text',
      'prompts.json: poor.max_output_tokens must be at least 16',
      'prompts.json: poor.images must be true or false',
      'prompts.json: poor has unknown keys: colour',
      'prompts.json: listed[1].output_schema must be a JSON Schema of type object with a property content of type string, which requires all of its properties and allows no others',
      'prompts.json: listed[1].base_url must be an address like https://host/v1',
      'prompts.json: listed[1].aliases[0] must be 1 to 64 characters of A-Z a-z 0-9 _ -, and not begin with pmpt_',
      'prompts.json: own.base_url is missing: openai-compatible has no address of its own',
      'prompts.json: odd.instructions has a {{ without a name and }} behind it',
    ]);
  });

  test.each<[unknown, string]>([
    ['{', 'the file is not JSON'],
    ['[]', 'the file must be an object of prompts by their ids'],
    [{}, 'the file must name a prompt'],
    [{ $schema: 'x' }, 'the file must name a prompt'],
    [[PROMPT], 'the file must be an object of prompts by their ids'],
    [{ a: [PROMPT, PROMPT] }, 'two prompts go by the name a@1'],
    [{ a: PROMPT, b: { ...PROMPT, aliases: ['a'] } }, 'two prompts go by the name a'],
  ])('%j is refused', (file, fault) => {
    expect(faultsOf(file)).toEqual([`prompts.json: ${fault}`]);
  });

  test('that is not there says how it comes into the package', () => {
    expect(() => readPromptsFile('/nowhere/prompts.json')).toThrow(
      'prompts.json: the file is missing; build the package with "hookline replies build --prompts prompts.json"',
    );
  });
});

test('variables of the instructions become values, once, and nothing where there is none', () => {
  const instructions = 'Hi {{recipient_first_name}} of {{ project_data.city }}{{missing}}!';
  expect(variablesIn(instructions)).toEqual(['recipient_first_name', 'project_data.city', 'missing']);
  const values = { recipient_first_name: '{{project_data.city}} $&', 'project_data.city': 'Vigo' };
  expect(filled(instructions, values)).toBe('Hi {{project_data.city}} $& of Vigo!');
  expect(filled('{{constructor}}', {})).toBe('');
  expect(hasOnlyVariables(instructions)).toBe(true);
  expect(hasOnlyVariables('{{ }}')).toBe(false);
});
