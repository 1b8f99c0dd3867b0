import { describe, expect, it } from 'vitest';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Job } from '../../../runtime/bot/job.ts';
import { ada, group, lastId, message, rules, telegram, turnsOf, whatsapp } from './ingress-messages.ts';
import { type IngressWorld, ingressWorld, jobsOf } from './ingress-world.ts';
import { asynchronous, context, storedHistory, workerWorld } from './worker-world.ts';

describe('who is answered', () => {
  it('only those on the list, by chat or by user id', async () => {
    const world = ingressWorld('telegram', { ALLOWED_USERS_JSON: '["7","-100"]', GROUP_POLICY: 'all' });
    const text = (from: object, chat: object) =>
      telegram({ message: message(world, { text: 'hi', from, chat }) });
    const stranger = { id: 8 };
    await world.send(text(ada, { id: 7, type: 'private' }));
    await world.send(text(stranger, group));
    expect(jobsOf(world)).toHaveLength(2);
    await world.send(text(stranger, { id: 8, type: 'private' }));
    expect(jobsOf(world)).toHaveLength(2);
    expect(rules(world)).toEqual(['not_allowed']);
    expect(world.log.of('event_ignored')[0]).toMatchObject({ event_id: lastId() });
  });

  it('tells a stranger nothing', async () => {
    const world = ingressWorld('telegram', { ALLOWED_USERS_JSON: '["8"]', UNSUPPORTED_MESSAGE: 'no' });
    const answer = await world.send(telegram({ message: message(world, { dice: {} }) }));
    expect(answer.body).toBe('"Webhook received."');
    expect(rules(world)).toEqual(['not_allowed']);
  });

  it('knows a WhatsApp user by the business-scoped id as well', async () => {
    const world = ingressWorld('whatsapp', { ALLOWED_USERS_JSON: '["US.7"]' });
    const text = { type: 'text', text: { body: 'hi' } };
    await world.send(whatsapp(world, { ...text, from_user_id: 'US.7' }));
    await world.send(whatsapp(world, { ...text, from_user_id: 'US.8' }));
    expect(jobsOf(world)).toHaveLength(1);
  });
});

describe('groups', () => {
  const said = (world: IngressWorld, more: object) =>
    world.send(telegram({ message: message(world, { chat: group, text: 'hi', ...more }) }));
  const mention = (name: string) => ({
    text: `@${name} hi`,
    entities: [{ type: 'mention', offset: 0, length: name.length + 1 }],
  });

  it('bot A54: a text without a mention is ignored in the front hop; an answer to the bot is handled', async () => {
    const world = ingressWorld('telegram');
    expect(await said(world, {})).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
    expect(rules(world)).toEqual(['group_policy']);
    // The token is 123:…, so the bot is user 123.
    await said(world, { reply_to_message: { message_id: 1, from: { id: 123, is_bot: true } } });
    expect(jobsOf(world)).toMatchObject([{ chat_id: '-100', user_id: '7' }]);
    const { worker } = await turnsOf(world, 'telegram');
    const { history } = storedHistory(worker.s3, '-100');
    expect(history.rows(1)[0]?.blocks[0]?.metadata?.user_message).toMatchObject({
      user_id: '7',
      metadata: { group_id: '-100', group_title: 'Team', speaker_name: 'Ada' },
    });
    history.close();
  });

  it("asks for the bot's name once in a container, and only when a message needs it", async () => {
    const bot = createTelegramStandIn();
    const world = ingressWorld('telegram', {}, { fetch: bot.fetch });
    await said(world, {});
    await said(world, { text: '/help' });
    expect(bot.calls).toEqual([]);
    await said(world, mention('hookline_stand_in_bot'));
    await said(world, mention('somebody'));
    await said(world, { text: '/help@somebody' });
    expect(bot.calls.map(({ method }) => method)).toEqual(['getMe']);
    expect(jobsOf(world)).toHaveLength(2);
    expect(rules(world)).toEqual(['group_policy', 'group_policy', 'group_policy']);
  });

  it('posts come again while Telegram does not tell the name', async () => {
    const bot = createTelegramStandIn();
    const world = ingressWorld('telegram', {}, { fetch: bot.fetch });
    bot.fail({ kind: 'broken', platformObject: true });
    expect((await said(world, mention('hookline_stand_in_bot'))).statusCode).toBe(503);
    expect(world.log.of('webhook_failed')).toEqual([
      expect.objectContaining({ error: expect.stringContaining('TELEGRAM_BOT_USERNAME can say it') }),
    ]);
    expect((await said(world, mention('hookline_stand_in_bot'))).statusCode).toBe(200);
  });

  it('takes the name that is set', async () => {
    const world = ingressWorld('telegram', { TELEGRAM_BOT_USERNAME: '@MyBot' });
    await said(world, mention('mybot'));
    expect(jobsOf(world)).toHaveLength(1);
  });

  it('the policies all and off', async () => {
    const all = ingressWorld('telegram', { GROUP_POLICY: 'all' });
    await said(all, {});
    expect(jobsOf(all)).toHaveLength(1);
    const off = ingressWorld('telegram', { GROUP_POLICY: 'off' });
    await said(off, { text: '/help' });
    expect(off.tap.calls).toEqual([]);
    expect(rules(off)).toEqual(['group_policy']);
  });

  it('the first part of an answer quotes the message, and all stay in its topic', async () => {
    const world = ingressWorld('telegram');
    const topic = { message_thread_id: 55, is_topic_message: true };
    const answer = await said(world, { ...topic, text: '/help', message_id: 90 });
    expect(JSON.parse(answer.body)).toMatchObject({ method: 'sendChatAction', message_thread_id: 55 });
    await said(world, { ...topic, message_id: 91, reply_to_message: { message_id: 1, from: { id: 123 } } });
    const worker = workerWorld({ provider: 'telegram', agent: () => 'long '.repeat(1000) });
    for (const job of jobsOf(world)) await worker.worker(asynchronous(job as unknown as Job), context());
    expect(worker.provider.sent.map(({ body }) => [body.message_thread_id, body.reply_parameters])).toEqual([
      [55, { message_id: 90, allow_sending_without_reply: true }],
      [55, { message_id: 91, allow_sending_without_reply: true }],
      [55, undefined],
    ]);
  });

  it('a private chat is not quoted', async () => {
    const world = ingressWorld('telegram');
    await said(world, { chat: { id: 7, type: 'private' } });
    const { worker } = await turnsOf(world, 'telegram');
    expect(worker.provider.calls.every(({ body }) => body.reply_parameters === undefined)).toBe(true);
  });
});

describe('identity on WhatsApp', () => {
  const text = { type: 'text', text: { body: 'hi' } };
  const replies = async (world: IngressWorld) => {
    const worker = workerWorld();
    for (const job of jobsOf(world)) await worker.worker(asynchronous(job as unknown as Job), context());
    return worker.provider.sent.map(({ body }) => body);
  };

  it('bot A50: a user without a phone number is answered by business-scoped id', async () => {
    const world = ingressWorld('whatsapp');
    await world.send(whatsapp(world, { ...text, from: undefined, from_user_id: 'US.123' }));
    expect(jobsOf(world)).toMatchObject([{ chat_id: 'US.123', user_id: 'US.123' }]);
    const sent = await replies(world);
    expect(sent).toMatchObject([{ recipient: 'US.123' }]);
    expect(sent[0]).not.toHaveProperty('to');
  });

  it('bot A50: a group message is answered in the group', async () => {
    const world = ingressWorld('whatsapp', { GROUP_POLICY: 'all' });
    await world.send(whatsapp(world, { ...text, group_id: 'group-1' }));
    expect(jobsOf(world)).toMatchObject([{ chat_id: 'group-1', user_id: '12025550143' }]);
    const sent = await replies(world);
    expect(sent).toMatchObject([{ to: 'group-1', recipient_type: 'group' }]);
    expect(sent[0]).not.toHaveProperty('context');
  });

  it('bot A50: a message to a foreign number is ignored', async () => {
    const world = ingressWorld('whatsapp');
    const foreign = whatsapp(world, text, { metadata: { phone_number_id: '999' } });
    expect(await world.send(foreign)).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
    expect(world.tap.calls).toEqual([]);
    expect(rules(world)).toEqual(['foreign_number']);
  });
});
