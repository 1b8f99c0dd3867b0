import { expect, test } from 'vitest';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import { telegramSender } from '../../../runtime/channels/telegram/send.ts';
import { whatsappSender } from '../../../runtime/channels/whatsapp/send.ts';
import { FakeClock } from '../../support/fake-clock.ts';

test('the number that a message was sent to answers it; without one the configured number does', async () => {
  const clock = new FakeClock();
  const graph = createGraphStandIn();
  const urls: string[] = [];
  const recorded: typeof fetch = (input, init) => {
    urls.push(String(input));
    return graph.fetch(input, init);
  };
  const account = {
    token: 't',
    phoneNumberId: '1055',
    graphVersion: 'v26.0',
    graphUrl: 'https://graph.example',
  };
  const sender = whatsappSender({ fetch: recorded, clock, timeoutSeconds: 1 }, account);
  const value = { metadata: { phone_number_id: '1066' }, messages: [{ from: '15550100', id: 'wamid.1' }] };
  for (const payload of [{ entry: [{ changes: [{ value }] }] }, {}]) {
    const target = {
      chatId: '15550100',
      payload,
      callbackData: '',
      deadlineMillis: clock.nowMillis() + 1000,
    };
    await sender.send({ type: 'text', text: 'hi' }, target);
  }
  expect(urls.map((url) => new URL(url).pathname)).toEqual(['/v26.0/1066/messages', '/v26.0/1055/messages']);
});

test('a reply stays in the topic of a forum; the thread of answers in another group is no topic', async () => {
  const clock = new FakeClock();
  const bot = createTelegramStandIn();
  const account = { token: '1:t', apiUrl: 'https://telegram.example' };
  const sender = telegramSender({ fetch: bot.fetch, clock, timeoutSeconds: 1 }, account);
  const message = { message_id: 4, message_thread_id: 55, chat: { id: -1 } };
  const topic = { ...message, is_topic_message: true };
  for (const payload of [{ message: topic }, { callback_query: { message: topic } }, { message }]) {
    const target = { chatId: '-1', payload, callbackData: '', deadlineMillis: clock.nowMillis() + 1000 };
    await sender.send({ type: 'text', text: 'hi' }, target);
  }
  expect(bot.sent.map(({ body }) => body.message_thread_id)).toEqual([55, 55, undefined]);
});
