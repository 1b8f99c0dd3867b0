import { describe, expect, it } from 'vitest';
import { parseTelegramMessage, splitTelegramUpdate } from '../../../runtime/channels/telegram/parse.ts';
import { parseWhatsappMessage, splitWhatsappBody } from '../../../runtime/channels/whatsapp/parse.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const options = { allowedPhoneNumberIds: ['1'], nowMillis: NOW };
const text = { id: 'wamid.1', timestamp: '1793000000', type: 'text', text: { body: 'hi' } };
const whatsapp = (message: object, contacts: readonly object[] = []) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: 'account',
      changes: [{ value: { metadata: { phone_number_id: '1' }, contacts, messages: [message] } }],
    },
  ],
});
const event = (body: ReturnType<typeof whatsapp>) => splitWhatsappBody(body, options).events[0];

describe('WhatsApp', () => {
  it('names a user by phone number, else by business-scoped id', () => {
    expect(event(whatsapp({ ...text, from: '12025550143', from_user_id: 'US.1' }))?.chatId).toBe(
      '12025550143',
    );
    expect(event(whatsapp({ ...text, from_user_id: 'US.123' }))).toMatchObject({
      chatId: 'US.123',
      userId: 'US.123',
    });
    expect(event(whatsapp(text, [{ user_id: 'US.9' }]))?.chatId).toBe('US.9');
    expect(event(whatsapp(text, [{ user_id: 'US.9' }, { user_id: 'US.8' }]))).toBeUndefined();
    expect(event(whatsapp({ ...text, from: '1', group_id: 'g' }))).toMatchObject({
      chatId: 'g',
      userId: '1',
    });
  });

  it('takes the time from the message, or now', () => {
    expect(event(whatsapp({ ...text, from: '1' }))?.sentAt).toBe('2026-10-26T07:33:20.000Z');
    expect(event(whatsapp({ ...text, from: '1', timestamp: 'soon' }))?.sentAt).toBe(
      '2026-11-21T10:00:00.000Z',
    );
  });

  it('gives a message without an id the same id each time', () => {
    const { id: _, ...nameless } = { ...text, from: '1' };
    const reordered = Object.fromEntries(Object.entries(nameless).reverse());
    expect(event(whatsapp(nameless))?.eventId).toMatch(/^[0-9a-f]{24}$/);
    expect(event(whatsapp(reordered))?.eventId).toBe(event(whatsapp(nameless))?.eventId);
  });

  it('reads the message back from the payload of its job', () => {
    const payload = event(whatsapp({ ...text, from: '1', context: { id: 'wamid.0' } }))?.payload ?? {};
    expect(parseWhatsappMessage(payload)).toMatchObject({
      chatId: '1',
      messageId: 'wamid.1',
      kind: 'text',
      text: 'hi',
      replyTo: 'wamid.0',
    });
    expect(parseWhatsappMessage({})).toMatchObject({ chatId: '', kind: 'unsupported', text: '' });
  });
});

describe('Telegram', () => {
  const message = {
    message_id: 41,
    from: { id: 7 },
    chat: { id: -100, type: 'group' },
    date: 1793000000,
    text: 'hi',
  };

  it('names the event by update, else by message', () => {
    expect(splitTelegramUpdate({ update_id: 5, message }, NOW).events).toMatchObject([
      {
        chatId: '-100',
        userId: '7',
        eventId: '5',
        sentAt: '2026-10-26T07:33:20.000Z',
        payload: { update_id: 5, message },
      },
    ]);
    expect(splitTelegramUpdate({ message }, NOW).events[0]?.eventId).toBe('41');
  });

  it('reads the message back from the payload of its job', () => {
    const reply = { ...message, reply_to_message: { message_id: 40 } };
    expect(parseTelegramMessage({ update_id: 5, message: reply })).toMatchObject({
      messageId: '41',
      kind: 'text',
      text: 'hi',
      replyTo: '40',
    });
    expect(parseTelegramMessage({ update_id: 5 })).toMatchObject({ chatId: '', kind: 'unsupported' });
  });
});
