import { describe, expect, it } from 'vitest';
import { AGENT, configuredWorld, MODELS, SIMPLE } from './configured-world.ts';
import { context, queued, storedHistory, textJob } from './worker-world.ts';

describe('an agent that a configuration file describes', () => {
  it('answers, and its row carries its name and its model', async () => {
    const { say, sent, openai, s3, asked, urls } = configuredWorld({ 'config.json': SIMPLE });
    expect(await say('rain')).toEqual({ batchItemFailures: [] });
    expect(sent()).toEqual(['About rain']);
    expect(urls).toEqual(['https://api.openai.com/v1/chat/completions']);
    expect(openai.calls[0]?.body).toMatchObject({
      model: 'gpt-5-mini',
      traceparent: textJob('').traceparent,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'librarian', strict: true, schema: { required: ['response'] } },
      },
    });
    expect(asked(0)).toEqual([
      { role: 'system', content: expect.stringContaining('Help readers.') },
      { role: 'user', content: '{"source":"user"}\nrain' },
    ]);
    expect(asked(0)[0]?.content).toContain('Your name is librarian.');
    expect(asked(0)[0]?.content).toContain('"response": The answer to the user, as plain text.');
    const { history } = storedHistory(s3);
    expect(history.rows(9)).toMatchObject([
      { role: 'user', type: 'user' },
      {
        role: 'librarian',
        type: 'agent',
        model: 'openai:gpt-5-mini',
        blocks: [{ content: { response: 'About rain' } }],
      },
    ]);
    history.close();
  });

  it('sees its own rows as its own and all others with their source, without metadata and variables', async () => {
    const config = {
      general_parameters: {
        default_models: MODELS,
        timezone: 'Europe/Madrid',
        include_timestamp: true,
        general_system_description: 'Our shop is in $town$, $unknown$.',
        variables: [{ key: 'town', type: 'string', default: 'Vigo' }],
      },
      components: [AGENT],
    };
    const { say, asked, another } = configuredWorld({ 'config.json': config });
    const blocks = [
      { type: 'text', content: { score: 7 }, metadata: { note: 'hidden' } },
      { type: 'variable', content: null, key: 'town', value: 'Lugo' },
    ];
    const { worker } = another({
      agent: (_turn, { history }) => {
        history.append({ role: 'weather', type: 'process', blocks });
        return 'first answer';
      },
    });
    await worker(queued(textJob('first', 'wamid.0')), context());
    await say('rain');
    const [system, ...messages] = asked(0);
    expect(system?.content).toContain('Our shop is in Lugo, $unknown$.');
    const time = expect.stringMatching(/"timestamp":"2026-11-21 \d\d:\d\d:\d\d"\}\n/);
    expect(messages).toEqual([
      { role: 'user', content: time },
      {
        role: 'user',
        content: expect.stringMatching(
          /^\{"source":"weather","timestamp":"2026-11-21 11:00:00"\}\n\{"score":7\}$/,
        ),
      },
      { role: 'assistant', content: 'first answer' },
      { role: 'user', content: expect.stringContaining('"source":"user"') },
    ]);
  });

  it.each<[string, object, string[]]>([
    ['a positive filter', { positive_filter: ['agent'] }, ['assistant: one', 'user: now']],
    [
      'a negative filter by type',
      { negative_filter: ['tool'] },
      ['user: before', 'assistant: one', 'user: now'],
    ],
    [
      'a negative filter by role',
      { negative_filter: ['user'] },
      ['user: shelf', 'assistant: one', 'user: now'],
    ],
  ])(
    '%s chooses the rows it sees, and never takes the message itself away',
    async (_name, filter, expected) => {
      const config = { ...SIMPLE, components: [{ ...AGENT, ...filter }] };
      const { say, asked, another } = configuredWorld({ 'config.json': config });
      const { worker } = another({
        agent: (_turn, { history }) => {
          history.append({ role: 'look_up', type: 'tool', blocks: [{ type: 'text', content: 'shelf' }] });
          return 'one';
        },
      });
      await worker(queued(textJob('before', 'wamid.0')), context());
      await say('now');
      const shown = asked(0)
        .slice(1)
        .map(({ role, content }) => `${role}: ${content?.split('\n').at(-1)}`);
      expect(shown).toEqual(expected);
    },
  );

  it('asks the next model when one fails, with its own address and key, within the time that is left (§13.4)', async () => {
    const models = [
      { provider: 'groq', model: 'fast', base_url: 'https://groq.example/v1' },
      { provider: 'google', model: 'no-key' },
      { provider: 'lmstudio', model: 'own' },
      ...MODELS,
    ];
    const config = {
      components: [{ ...AGENT, models, model_params: { max_tokens: 50, temperature: 0, top_p: 0.5 } }],
    };
    const { say, sent, urls, keys, openai, logged } = configuredWorld({ 'config.json': config });
    openai.fail({ kind: 'hang', chatId: 'fast' });
    await say('rain', 'wamid.1', 2000);
    expect(sent()).toEqual(['About rain']);
    expect(urls.map((url) => new URL(url).host)).toEqual([
      'groq.example',
      '127.0.0.1:1234',
      'api.openai.com',
    ]);
    expect(keys).toEqual(['Bearer gsk-key', null, 'Bearer sk-key']);
    expect(logged('model_failed')).toMatchObject([
      { model: 'groq:fast', error_class: 'transient' },
      {
        model: 'google:no-key',
        error_class: 'hold',
        error: expect.stringContaining('GOOGLE_API_KEY is missing'),
      },
      { model: 'lmstudio:own', error_class: 'hold' },
    ]);
    // No schema for a provider that does not hold to one, and the newer name of the limit for OpenAI alone.
    expect(openai.calls[0]?.body).toMatchObject({ max_tokens: 50, temperature: 0, top_p: 0.5 });
    expect(openai.calls[0]?.body).not.toHaveProperty('response_format');
    expect(openai.calls[1]?.body).toMatchObject({ max_completion_tokens: 50 });
  });

  it('answers with the default when no model does, and calls an operator who could help', async () => {
    const { say, sent, openai, logged } = configuredWorld({ 'config.json': SIMPLE });
    openai.fail({ kind: 'refuse', status: 401 });
    await say('one');
    expect(sent()).toEqual(['No valid response.']);
    expect(logged('operator_needed')).toMatchObject([
      { level: 'CRITICAL', error: expect.stringContaining('HTTP 401') },
    ]);
    const own = { ...SIMPLE, components: [{ ...AGENT, default_output: { response: 'Sorry.' } }] };
    const other = configuredWorld({ 'config.json': own });
    other.openai.fail({ kind: 'refuse', status: 400 });
    await other.say('one');
    expect(other.sent()).toEqual(['Sorry.']);
    expect(other.logged('operator_needed')).toEqual([]);
  });

  it.each([
    ['a code fence', '```json\n{"response": "yes", "mood": "good"}\n```', 'yes'],
    ['plain words', 'yes', 'No valid response.'],
    ['a field missing', '{"response": "yes"}', 'No valid response.'],
  ])('of an answer in %s it takes what required_outputs names', async (_name, answer, expected) => {
    const outputs = {
      response: 'The answer.',
      mood: { type: 'string', description: 'How', enum: ['good', 'bad'] },
    };
    const models = [{ provider: 'groq', model: 'fast' }];
    const config = { components: [{ ...AGENT, models, required_outputs: outputs }] };
    const { say, sent, asked } = configuredWorld({ 'config.json': config }, { reply: () => answer });
    await say('rain');
    expect(sent()).toEqual([expected]);
    expect(asked(0)[0]?.content).toContain('"mood" (one of good, bad): How');
  });

  it('OPENAI_BASE_URL leads to another server, which is held to no schema and has no price of OpenAI’s', async () => {
    const environment = { OPENAI_BASE_URL: 'http://models.example:11434/v1' };
    const { say, urls, openai, logged } = configuredWorld({ 'config.json': SIMPLE }, { environment });
    await say('rain');
    expect(urls).toEqual(['http://models.example:11434/v1/chat/completions']);
    expect(openai.calls[0]?.body).not.toHaveProperty('response_format');
    expect(logged('model_answered')).toMatchObject([{ model: 'models.example:gpt-5-mini' }]);
    expect(logged('model_price_unknown')).toHaveLength(1);
  });

  it('takes plain words for the answer when that is all it must give', async () => {
    const config = { components: [{ ...AGENT, models: [{ provider: 'groq', model: 'fast' }] }] };
    const { say, sent } = configuredWorld({ 'config.json': config }, { reply: () => ' Just words. ' });
    await say('rain');
    expect(sent()).toEqual(['Just words.']);
  });
});
