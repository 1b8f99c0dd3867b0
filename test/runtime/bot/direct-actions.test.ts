import { expect, test } from 'vitest';
import type { Agent, AgentContext } from '../../../runtime/bot/agent.ts';
import { PNG } from '../channels/channel-world.ts';
import { asynchronous, context, textJob, workerWorld } from './worker-world.ts';

const PROVIDERS = ['whatsapp', 'telegram'] as const;
const url = 'https://files.example/a.bin';

const run = async (agent: Agent, provider: 'whatsapp' | 'telegram' = 'whatsapp') => {
  const world = workerWorld({ agent, provider });
  await world.worker(asynchronous(textJob('hello', '1', provider)), context());
  return world;
};

test.each(PROVIDERS)('%s: every direct action goes out at once, before the reply', async (provider) => {
  const ids: unknown[] = [];
  const world = await run(async (turn, { send }) => {
    ids.push(await send.sendText('on it'));
    ids.push(await send.sendImage(url, { caption: 'A dog' }));
    ids.push(await send.sendAudio({ link: url }));
    ids.push(await send.sendVideo({ url }));
    ids.push(await send.sendDocument({ url }, { fileName: 'a.pdf' }));
    ids.push(await send.sendSticker(url));
    await send.react(turn.messageId, '👍');
    await send.removeReaction(turn.messageId);
    return 'done';
  }, provider);
  const kinds = world.provider.calls.map(({ method, body }) => body.type ?? method);
  expect(kinds).toEqual(
    provider === 'whatsapp'
      ? ['text', 'image', 'audio', 'video', 'document', 'sticker', 'reaction', 'reaction', 'text']
      : [
          'sendMessage',
          'sendPhoto',
          'sendAudio',
          'sendVideo',
          'sendDocument',
          'sendSticker',
          'setMessageReaction',
          'setMessageReaction',
          'sendMessage',
        ],
  );
  expect(ids).toEqual(world.provider.sent.slice(0, -1).map(({ messageId }) => messageId));
  expect(world.provider.sent.at(-1)?.text).toBe('done');
});

test('they are outside the ledger: no callback data, no part, and a turn that is tried again repeats them', async () => {
  let runs = 0;
  const world = workerWorld({
    agent: async (_, { send }) => {
      runs += 1;
      await send.sendText('on it');
      if (runs === 1) throw new Error('no');
      return 'done';
    },
  });
  const event = asynchronous(textJob('hello'));
  await expect(world.worker(event, context())).rejects.toThrow();
  await world.worker(event, context());
  expect(world.provider.sent.map(({ text, body }) => [text, body.biz_opaque_callback_data])).toEqual([
    ['on it', undefined],
    ['on it', undefined],
    ['done', 'wamid.1#1'],
  ]);
  expect(world.lines.filter(({ message }) => message === 'part_accepted')).toHaveLength(1);
});

test('a quoted message, buttons and fields of the platform', async () => {
  const buttons = [{ id: 'y', title: 'Yes' }];
  const world = await run(async (_, { send }) => {
    await send.sendText('Sure?', { buttons, replyToMessageId: 'wamid.7', extra: { preview: 1 } });
  });
  expect(world.provider.sent[0]?.body).toMatchObject({
    type: 'interactive',
    context: { message_id: 'wamid.7' },
    preview: 1,
  });
  const telegram = await run(async (_, { send }) => {
    await send.sendText('*x*', {
      parseMode: 'MarkdownV2',
      replyToMessageId: '7',
      extra: { protect_content: true },
    });
    await send.react('7', '👍', { extra: { is_big: true } });
  }, 'telegram');
  expect(telegram.provider.calls.map(({ body }) => body)).toMatchObject([
    { parse_mode: 'MarkdownV2', reply_parameters: { message_id: 7 }, protect_content: true },
    { message_id: 7, is_big: true },
  ]);
});

test('a saved file is sent by its reference', async () => {
  const world = await run(async (_, { send, files }) => {
    await send.sendImage(await files.save('chart.png', PNG));
  });
  expect(world.provider.calls.map(({ method }) => method)).toEqual(['upload', 'message']);
});

test('a long text is several messages', async () => {
  const world = await run(async (_, { send }) => void (await send.sendText('word '.repeat(1000))));
  expect(world.provider.sent).toHaveLength(2);
});

test("a refusal is the agent's to handle", async () => {
  const errors: string[] = [];
  const world = workerWorld({
    agent: async (_, { send }) => {
      errors.push(await send.sendText('x', { buttons: [] }).catch(String));
      errors.push(await send.sendImage({}).catch(String));
      errors.push(await send.sendText('x').catch(String));
      return 'done';
    },
  });
  world.provider.fail({ kind: 'refuse', code: 131026 });
  await world.worker(asynchronous(textJob('hello')), context());
  expect(errors).toEqual([
    expect.stringContaining('1 to 3 buttons'),
    expect.stringContaining('it needs one of the fields'),
    expect.stringContaining('code 131026'),
  ]);
  expect(world.provider.sent.map(({ text }) => text)).toEqual(['done']);
});

test('what an agent does not wait for arrives before the reply, and its failure ends nothing', async () => {
  const world = workerWorld({
    agent: (_, { send }) => {
      void send.sendText('first');
      void send.sendImage('not/there.png');
      return 'second';
    },
  });
  world.provider.fail({ kind: 'throttle', retryAfterSeconds: 2 });
  await world.worker(asynchronous(textJob('hello')), context());
  expect(world.provider.sent.map(({ text }) => text)).toEqual(['first', 'second']);
});

test('after its turn an agent sends nothing any more', async () => {
  let left: AgentContext['send'] | undefined;
  const world = await run((_, { send }) => {
    left = send;
    return 'done';
  });
  await expect(left?.sendText('late')).rejects.toThrow('ctx.send was used after its turn had ended');
  await expect(left?.react('1', '👍')).rejects.toThrow('ctx.send was used after its turn had ended');
  expect(world.provider.sent.map(({ text }) => text)).toEqual(['done']);
});
