import { expect, test } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { PNG } from '../channels/channel-world.ts';
import { asynchronous, context, storedHistory, textJob, workerWorld } from './worker-world.ts';

const run = async (agent: Agent, provider: 'whatsapp' | 'telegram') => {
  const world = workerWorld({ agent, provider });
  await world.worker(asynchronous(textJob('hello', '1', provider)), context());
  return world;
};

test('bot A36: bad MarkdownV2: the second attempt, without parse mode, succeeds; it is one part', async () => {
  const response = 'An unescaped dot.';
  const world = await run(
    () => [{ type: 'text', content: { response, parse_mode: 'MarkdownV2' } }],
    'telegram',
  );
  expect(world.tap.calls.filter((call) => call === 'send')).toHaveLength(2);
  expect(world.provider.sent.map(({ body }) => body)).toEqual([{ chat_id: '15550100', text: response }]);
  expect(world.lines.filter(({ message }) => message === 'part_accepted')).toHaveLength(1);
  expect(world.lines.at(-1)).toMatchObject({ message: 'worker_job_finished', status: 'answered' });
});

test('good MarkdownV2 is sent once, as it is', async () => {
  const response = '*bold* and a dot\\.';
  const world = await run(
    () => [{ type: 'text', content: { response, parse_mode: 'MarkdownV2' } }],
    'telegram',
  );
  expect(world.provider.sent.map(({ body }) => body.parse_mode)).toEqual(['MarkdownV2']);
  expect(world.tap.calls.filter((call) => call === 'send')).toHaveLength(1);
});

test('between the parts of a reply there is a pause of a second', async () => {
  const world = await run(() => 'word '.repeat(2500), 'telegram');
  const times = world.provider.sent.map(({ atMillis }) => atMillis);
  expect(times.length).toBe(4);
  for (const [index, time] of times.slice(1).entries())
    expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(1000);
});

test.each(['whatsapp', 'telegram'] as const)(
  '%s: a reply of text, picture and document',
  async (provider) => {
    const b64 = Buffer.from(PNG).toString('base64');
    const world = await run(
      () => [
        { type: 'text', content: 'Look:' },
        { type: 'image', content: { kind: 'b64', b64, caption: 'A dog' } },
        { type: 'document', content: { kind: 'url', url: 'https://files.example/a.pdf', filename: 'a.pdf' } },
      ],
      provider,
    );
    expect(world.provider.sent.map(({ text, body, method }) => [body.type ?? method, text])).toEqual(
      provider === 'whatsapp'
        ? [
            ['text', 'Look:'],
            ['image', 'A dog'],
            ['document', undefined],
          ]
        : [
            ['sendMessage', 'Look:'],
            ['sendPhoto', 'A dog'],
            ['sendDocument', undefined],
          ],
    );
    expect(world.lines.at(-1)).toMatchObject({ status: 'answered' });
  },
);

test('bytes that were sent do not stay in the history', async () => {
  const b64 = Buffer.from(PNG).toString('base64');
  const world = await run(() => [{ type: 'image', content: { kind: 'b64', b64, caption: 'x' } }], 'whatsapp');
  const { history } = storedHistory(world.s3);
  const content = history.rows(10).at(-1)?.blocks[0]?.content;
  history.close();
  expect(content).toEqual({ kind: 'b64', caption: 'x', bytes: PNG.length });
  expect(world.provider.sent).toHaveLength(1);
});

test('a block that cannot be sent fails the turn before anything of it is stored or sent', async () => {
  const world = workerWorld({ agent: () => ['x', 'hologram'].map((type) => ({ type, content: 'x' })) });
  await world.worker(asynchronous(textJob('hello')), context());
  expect(JSON.stringify(world.lines)).toContain(
    'Block 1 of the reply (x) cannot be sent: there is no such type',
  );
  expect(world.provider.sent.map(({ text }) => text)).toEqual([
    'Sorry, something went wrong. Please try again later.',
  ]);
  expect(world.s3.keys().filter((key) => key.startsWith('history/'))).toEqual([]);
});
