import { expect, test } from 'vitest';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import type { StandIn } from '../../../local/stand-ins/stand-in.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Sender } from '../../../runtime/channels/channel.ts';
import { telegramSender } from '../../../runtime/channels/telegram/send.ts';
import { whatsappSender } from '../../../runtime/channels/whatsapp/send.ts';
import { errorClassOf } from '../../../runtime/core/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function channel(name: 'whatsapp' | 'telegram') {
  const clock = new FakeClock();
  const nowMillis = () => clock.nowMillis();
  const standIn =
    name === 'whatsapp' ? createGraphStandIn({ nowMillis }) : createTelegramStandIn({ nowMillis });
  const net = { fetch: standIn.fetch as typeof fetch, clock, timeoutSeconds: 0.05 };
  const sender =
    name === 'whatsapp'
      ? whatsappSender(net, {
          token: 't',
          phoneNumberId: '1055',
          graphVersion: 'v26.0',
          graphUrl: 'https://graph.example',
        })
      : telegramSender(net, { token: '1:t', apiUrl: 'https://telegram.example' });
  return { clock, standIn, sender };
}

const send = (sender: Sender, chatId = '15550100', clock = new FakeClock()) =>
  sender.send(
    { type: 'text', text: 'hello' },
    { chatId, payload: {}, callbackData: 'e#1', deadlineMillis: clock.nowMillis() + 60_000 },
  );

const classOf = async (sender: Sender) => errorClassOf(await send(sender).catch((error: unknown) => error));
type Fault = Parameters<StandIn['fail']>[0];

const always = { times: 9 } as const;
test.each<['whatsapp' | 'telegram', string, Fault, string, number]>([
  ['whatsapp', 'expired token', { kind: 'refuse', code: 190, ...always }, 'hold', 1],
  ['whatsapp', 'account locked', { kind: 'refuse', code: 131031, status: 403, ...always }, 'hold', 1],
  ['whatsapp', 'payment failed', { kind: 'refuse', code: 131042, status: 400, ...always }, 'hold', 1],
  ['whatsapp', 'number not registered', { kind: 'refuse', code: 133010, status: 400, ...always }, 'hold', 1],
  ['whatsapp', 'permission gone', { kind: 'refuse', code: 10, status: 403, ...always }, 'hold', 1],
  ['whatsapp', 'pair rate limit', { kind: 'refuse', code: 131056, ...always }, 'transient', 4],
  ['whatsapp', 'throughput limit', { kind: 'throttle', retryAfterSeconds: 1, ...always }, 'transient', 4],
  [
    'whatsapp',
    '500 with the error object',
    { kind: 'broken', platformObject: true, ...always },
    'transient',
    4,
  ],
  ['whatsapp', '500 without it', { kind: 'broken', platformObject: false, ...always }, 'unclear', 1],
  ['whatsapp', '502 page of a proxy', { kind: 'html', ...always }, 'unclear', 1],
  ['whatsapp', '200 page of a proxy', { kind: 'html', status: 200, ...always }, 'unclear', 1],
  ['whatsapp', '403 page of a proxy', { kind: 'html', status: 403, ...always }, 'hold', 1],
  ['whatsapp', 'undeliverable', { kind: 'refuse', code: 131026, ...always }, 'permanent', 1],
  ['whatsapp', 'never reached', { kind: 'unreachable', ...always }, 'transient', 0],
  ['whatsapp', 'answer lost', { kind: 'lose-answer', ...always }, 'unclear', 1],
  ['whatsapp', 'no answer in time', { kind: 'hang', ...always }, 'unclear', 1],
  ['telegram', 'wrong token', { kind: 'refuse', code: 401, ...always }, 'hold', 1],
  ['telegram', 'unknown token', { kind: 'refuse', code: 404, ...always }, 'hold', 1],
  ['telegram', 'too many', { kind: 'throttle', retryAfterSeconds: 1, ...always }, 'transient', 4],
  ['telegram', '500 in its own words', { kind: 'broken', platformObject: true, ...always }, 'transient', 4],
  ['telegram', '502 page of a proxy', { kind: 'html', ...always }, 'unclear', 1],
  ['telegram', 'blocked', { kind: 'refuse', code: 403, ...always }, 'permanent', 1],
  ['telegram', 'answer lost', { kind: 'lose-answer', ...always }, 'unclear', 1],
])(
  '%s, %s: the class says what to do, and only "not done" is repeated',
  async (name, _, fault, expected, calls) => {
    const { sender, standIn } = channel(name);
    standIn.fail(fault);
    expect(await classOf(sender)).toBe(expected);
    expect(standIn.calls).toHaveLength(calls);
  },
);

test('a business-scoped user id goes into "recipient" and never into "to"; our id travels along', async () => {
  const { sender, standIn } = channel('whatsapp');
  await send(sender, 'US.123');
  await send(sender, '15550100');
  expect(standIn.sent[0]?.body).toMatchObject({ recipient: 'US.123', biz_opaque_callback_data: 'e#1' });
  expect(standIn.sent[0]?.body).not.toHaveProperty('to');
  expect(standIn.sent[1]?.body).toMatchObject({ to: '15550100' });
  expect(standIn.sent[1]?.body).not.toHaveProperty('recipient');
});

test('a reply to a WhatsApp group goes to the group', async () => {
  const { sender, standIn, clock } = channel('whatsapp');
  const message = { id: 'wamid.1', from: '15550100', group_id: 'group-7', type: 'text', text: { body: 'x' } };
  const payload = { entry: [{ changes: [{ value: { messages: [message] } }] }] };
  const target = { chatId: 'group-7', payload, callbackData: '', deadlineMillis: clock.nowMillis() + 1000 };
  await sender.send({ type: 'text', text: 'x' }, target);
  expect(standIn.sent[0]?.body).toMatchObject({ recipient_type: 'group', to: 'group-7' });
});

test('a reply to a topic of a Telegram forum stays in the topic', async () => {
  const { sender, standIn, clock } = channel('telegram');
  const payload = { message: { is_topic_message: true, message_thread_id: 77 } };
  await sender.send(
    { type: 'text', text: 'x' },
    { chatId: '-100', payload, callbackData: '', deadlineMillis: clock.nowMillis() + 1000 },
  );
  expect(standIn.sent[0]?.body).toMatchObject({ chat_id: '-100', message_thread_id: 77 });
});

test('no error of a send holds a token', async () => {
  for (const name of ['whatsapp', 'telegram'] as const) {
    const { sender, standIn } = channel(name);
    standIn.fail({ kind: 'unreachable', ...always });
    const error = (await send(sender).catch((thrown: unknown) => thrown)) as Error;
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain('1:t');
  }
});

test('a pause that would end behind the deadline is not made: the failure comes at once', async () => {
  const { sender, standIn, clock } = channel('whatsapp');
  standIn.fail({ kind: 'throttle', retryAfterSeconds: 61, ...always });
  await expect(send(sender, '15550100', clock)).rejects.toThrow('130429');
  expect(standIn.calls).toHaveLength(1);
});
