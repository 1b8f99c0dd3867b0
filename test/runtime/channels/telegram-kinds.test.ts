import type { Update } from '@grammyjs/types';
import { describe, expect, it, test } from 'vitest';
import { parseTelegramMessage, splitTelegramUpdate } from '../../../runtime/channels/telegram/parse.ts';
import { HANDLED_UPDATES } from '../../../runtime/channels/telegram/update.ts';

const envelope = {
  message_id: 41,
  from: { id: 7, first_name: 'Ada' },
  chat: { id: 7, type: 'private' },
  date: 0,
};
const split = (update: object) => splitTelegramUpdate({ update_id: 5, ...update }, 0);
const parse = (message: object) =>
  parseTelegramMessage({ update_id: 5, message: { ...envelope, ...message } });
const file = (id: string, more: object = {}) => ({ file_id: id, file_size: 9, ...more });

describe('what each message says', () => {
  const medium = (kind: string, id: string, more: object = {}) => [{ kind, id, bytes: 9, ...more }];
  test.each([
    ['text', { text: 'hi' }, { kind: 'text', text: 'hi' }],
    [
      'photo',
      {
        photo: [file('big', { width: 9, height: 9 }), file('small', { width: 1, height: 1 })],
        caption: 'look',
      },
      { kind: 'image', text: 'look', media: medium('image', 'big', { mimeType: 'image/jpeg' }) },
    ],
    ['voice', { voice: file('v') }, { kind: 'audio', isVoiceNote: true, media: medium('audio', 'v') }],
    [
      'audio',
      { audio: file('a', { file_name: 'a.mp3', mime_type: 'audio/mpeg' }) },
      {
        kind: 'audio',
        isVoiceNote: false,
        media: medium('audio', 'a', { fileName: 'a.mp3', mimeType: 'audio/mpeg' }),
      },
    ],
    ['video', { video: file('v') }, { kind: 'video', media: medium('video', 'v') }],
    ['video_note', { video_note: file('n') }, { kind: 'video', media: medium('video', 'n') }],
    [
      'animation',
      { animation: file('g', { mime_type: 'video/mp4' }), document: file('g') },
      { kind: 'document', media: medium('document', 'g', { mimeType: 'video/mp4' }) },
    ],
    ['document', { document: file('d') }, { kind: 'document', media: medium('document', 'd') }],
    [
      'video sticker',
      { sticker: file('s', { is_video: true, emoji: '🙂' }) },
      {
        kind: 'sticker',
        text: '🙂',
        data: { isVideo: true, isAnimated: false, emoji: '🙂' },
        media: medium('sticker', 's', { mimeType: 'video/webm' }),
      },
    ],
    [
      'location',
      { location: { latitude: 52.5, longitude: 13.4 } },
      { kind: 'location', text: 'Location: 52.5, 13.4', data: { latitude: 52.5, longitude: 13.4 } },
    ],
    [
      'venue',
      {
        location: { latitude: 1, longitude: 2 },
        venue: { location: { latitude: 1, longitude: 2 }, title: 'Gate', address: 'Square 1' },
      },
      {
        kind: 'location',
        text: 'Location: 1, 2\nGate\nSquare 1',
        data: { name: 'Gate', address: 'Square 1' },
      },
    ],
    [
      'contact',
      { contact: { first_name: 'Ada', last_name: 'L', phone_number: '+1202' } },
      {
        kind: 'contacts',
        text: 'Contact: Ada L, +1202',
        data: [{ name: 'Ada L', phones: ['+1202'], emails: [] }],
      },
    ],
  ])('%s', (_name, message, expected) => {
    expect(parse(message)).toMatchObject({ chatId: '7', userId: '7', messageId: '41', ...expected });
  });
});

describe('updates that are no messages', () => {
  const member = (status: string) => ({
    my_chat_member: { chat: envelope.chat, from: envelope.from, date: 9, new_chat_member: { status } },
  });
  const reaction = (...new_reaction: object[]) => ({
    message_reaction: { chat: envelope.chat, user: envelope.from, message_id: 40, date: 9, new_reaction },
  });
  const handled: Readonly<Record<(typeof HANDLED_UPDATES)[number], [object, object]>> = {
    message: [{ message: { ...envelope, text: 'hi' } }, { kind: 'text' }],
    callback_query: [
      { callback_query: { id: '77', from: { id: 8 }, data: 'buy', message: envelope } },
      { kind: 'callback', chatId: '7', userId: '8', text: 'buy', data: { id: '77', data: 'buy' } },
    ],
    message_reaction: [
      reaction({ type: 'emoji', emoji: '👍' }),
      { kind: 'reaction', text: '👍', data: { messageId: '40', emoji: '👍' } },
    ],
    my_chat_member: [member('kicked'), { kind: 'blocked', chatId: '7' }],
  };

  it('gives an event for each kind of update that is registered', () => {
    for (const name of HANDLED_UPDATES) {
      const [update, message] = handled[name];
      expect(split(update)).toMatchObject({ events: [{ eventId: '5', message }], skipped: [] });
    }
  });

  it('gives none for any other, and nobody is told', () => {
    const others: readonly (keyof Update)[] = [
      'edited_message',
      'channel_post',
      'business_message',
      'inline_query',
      'poll_answer',
      'chat_member',
    ];
    for (const name of others) {
      const update = { [name]: { ...envelope, text: 'hi', id: '1', new_chat_member: { status: 'kicked' } } };
      expect(split(update), name).toEqual({ events: [], skipped: [{ eventId: '5', rule: 'unsupported' }] });
    }
    expect(split(member('member')).events).toEqual([]);
  });

  it('reads a reaction that was taken back', () => {
    expect(split(reaction()).events).toMatchObject([{ message: { text: '', data: { emoji: '' } } }]);
  });

  it('reads an edit as one, though it gets no turn', () => {
    const edited = parseTelegramMessage({ edited_message: { ...envelope, text: 'better' } });
    expect(edited).toMatchObject({ kind: 'edited', text: 'better', messageId: '41' });
  });
});

describe('kinds without a turn', () => {
  const told = (message: object) => split({ message: { ...envelope, ...message } }).skipped[0]?.event?.chatId;
  it('tells who sent one, and nobody of what Telegram writes by itself', () => {
    for (const name of ['dice', 'poll', 'story', 'hologram']) expect(told({ [name]: {} }), name).toBe('7');
    expect(told({ pinned_message: {} })).toBeUndefined();
  });
  it('tells nobody in a group but who answers the bot', () => {
    const chat = { id: -100, type: 'group' };
    const bot = { id: '70' };
    const eventOf = (more: object) =>
      splitTelegramUpdate({ message: { ...envelope, chat, ...more } }, 0, bot).skipped[0]?.event;
    expect(eventOf({ new_chat_members: [] })).toBeUndefined();
    expect(eventOf({ dice: {}, reply_to_message: { message_id: 1, from: { id: 70 } } })).toBeDefined();
  });
});

describe('groups', () => {
  const chat = { id: -100, type: 'supergroup', title: 'Team' };
  const addressed = (message: object, bot: object = { id: '70', username: 'MyBot' }) =>
    parseTelegramMessage({ message: { ...envelope, chat, ...message } }, bot).group?.isAddressed;
  const mention = (text: string) => ({ text, entities: [{ type: 'mention', offset: 3, length: 6 }] });

  it('names the group and the speaker', () => {
    expect(parse({ chat, text: 'hi' }).group).toEqual({
      id: '-100',
      title: 'Team',
      speakerName: 'Ada',
      isAddressed: false,
    });
  });

  it('is addressed by a mention, an answer to the bot, or a command', () => {
    expect(addressed(mention('hi @mybot'))).toBe(true);
    expect(addressed(mention('hi @other'))).toBe(false);
    expect(addressed({ caption: 'hi @mybot', caption_entities: mention('').entities })).toBe(true);
    expect(addressed({ text: 'hi', entities: [{ type: 'text_mention', user: { id: 70 } }] })).toBe(true);
    expect(addressed({ text: 'hi', reply_to_message: { message_id: 1, from: { id: 70 } } })).toBe(true);
    expect(addressed({ text: 'hi', reply_to_message: { message_id: 1, from: { id: 71 } } })).toBe(false);
    expect(addressed({ text: '/help' })).toBe(true);
    expect(addressed({ text: '/help@MyBot' })).toBe(true);
    expect(addressed({ text: '/help@Other' })).toBe(false);
  });

  it('cannot tell without the name only where there is one', () => {
    const nameless = { id: '70' };
    expect(addressed(mention('hi @mybot'), nameless)).toBeUndefined();
    expect(addressed({ text: '/help@MyBot' }, nameless)).toBeUndefined();
    expect(addressed({ text: 'hi' }, nameless)).toBe(false);
  });

  it("takes a topic's first message for no answer", () => {
    const reply_to_message = { message_id: 1, from: { id: 70 }, forum_topic_created: {} };
    expect(addressed({ text: 'hi', reply_to_message })).toBe(false);
    expect(parse({ chat, text: 'hi', reply_to_message }).replyTo).toBeUndefined();
  });
});
