import { expect, test } from 'vitest';
import type { MediaKind, OutgoingPart } from '../../../runtime/channels/channel.ts';
import { errorClassOf } from '../../../runtime/core/errors.ts';
import { channelWorld, PNG } from './channel-world.ts';

const KINDS = ['image', 'audio', 'video', 'document', 'sticker'] as const;
const FIELDS = { image: 'photo', audio: 'audio', video: 'video', document: 'document', sticker: 'sticker' };
const TYPES: Record<MediaKind, string> = {
  image: 'image/png',
  audio: 'audio/ogg',
  video: 'video/mp4',
  document: 'application/pdf',
  sticker: 'image/webp',
};
const base64 = Buffer.from(PNG).toString('base64');
const url = 'https://files.example/medium';

test.each(KINDS)('WhatsApp: a medium of kind %s by URL, by id, by bytes and from a file', async (type) => {
  const { standIn, send } = channelWorld('whatsapp');
  const id = standIn.hold({ bytes: PNG, mimeType: TYPES[type] });
  await send({ type, media: { url } });
  await send({ type, media: { id } });
  await send({ type, media: { base64 }, mimeType: TYPES[type] });
  await send({ type, media: { file: 'a.png' }, mimeType: TYPES[type] }, { readFile: async () => PNG });
  const sent = standIn.sent.map(({ body }) => [
    body.type,
    (body[type] as { id?: string; link?: string }) ?? {},
  ]);
  expect(sent).toMatchObject([
    [type, { link: url }],
    [type, { id }],
    [type, { id: expect.any(String) }],
    [type, { id: expect.any(String) }],
  ]);
  const uploads = standIn.calls.filter(({ method }) => method === 'upload');
  expect(uploads.map(({ body }) => body)).toMatchObject([
    { type: TYPES[type], file: { mimeType: TYPES[type], bytes: PNG.length } },
    { type: TYPES[type], file: { fileName: 'a.png' } },
  ]);
  const uploaded = standIn.sent.at(-1)?.body[type] as { id: string };
  expect(standIn.held(uploaded.id)?.bytes).toEqual(PNG);
});

test.each(KINDS)('Telegram: a medium of kind %s by URL, by id, by bytes and from a file', async (type) => {
  const { standIn, send } = channelWorld('telegram');
  const id = standIn.hold({ bytes: PNG, mimeType: TYPES[type] });
  await send({ type, media: { url } });
  await send({ type, media: { id } });
  await send({ type, media: { base64 } });
  await send({ type, media: { file: 'a/b.png' } }, { readFile: async () => PNG });
  const field = FIELDS[type];
  const method = `send${field[0]?.toUpperCase()}${field.slice(1)}`;
  expect(standIn.sent.map((call) => call.method)).toEqual(Array(4).fill(method));
  expect(standIn.sent.map(({ body }) => body[field])).toMatchObject([
    url,
    id,
    { mimeType: 'image/png', bytes: PNG.length },
    { fileName: 'b.png' },
  ]);
});

test('captions, file names and voice notes arrive as such', async () => {
  const whatsapp = channelWorld('whatsapp');
  await whatsapp.send({ type: 'document', media: { url }, caption: 'The bill', fileName: 'bill.pdf' });
  await whatsapp.send({ type: 'audio', media: { url }, isVoiceNote: true });
  expect(whatsapp.standIn.sent.map(({ body }) => body.document ?? body.audio)).toEqual([
    { link: url, caption: 'The bill', filename: 'bill.pdf' },
    { link: url, voice: true },
  ]);
  const telegram = channelWorld('telegram');
  await telegram.send({ type: 'image', media: { base64 }, caption: 'A dog' });
  await telegram.send({ type: 'audio', media: { url }, isVoiceNote: true, caption: 'Hear' });
  expect(telegram.standIn.sent.map(({ method, text }) => [method, text])).toEqual([
    ['sendPhoto', 'A dog'],
    ['sendVoice', 'Hear'],
  ]);
});

const buttons = [
  { id: 'yes', title: 'Yes' },
  { id: 'no', title: 'No' },
];
const rows = [{ id: 'r1', title: 'Row', description: 'More' }];

test('buttons and lists, in the form of each platform', async () => {
  const whatsapp = channelWorld('whatsapp');
  await whatsapp.send({ type: 'text', text: 'Sure?', buttons });
  await whatsapp.send({ type: 'text', text: 'Choose', list: { button: 'Open', rows } });
  expect(whatsapp.standIn.sent.map(({ body }) => body.interactive)).toEqual([
    {
      type: 'button',
      body: { text: 'Sure?' },
      action: { buttons: buttons.map((reply) => ({ type: 'reply', reply })) },
    },
    { type: 'list', body: { text: 'Choose' }, action: { button: 'Open', sections: [{ rows }] } },
  ]);
  const telegram = channelWorld('telegram');
  await telegram.send({ type: 'text', text: 'Sure?', buttons });
  await telegram.send({ type: 'text', text: 'Choose', list: { button: 'Open', rows } });
  expect(telegram.standIn.sent.map(({ body }) => body.reply_markup)).toEqual([
    { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }], [{ text: 'No', callback_data: 'no' }]] },
    { inline_keyboard: [[{ text: 'Row', callback_data: 'r1' }]] },
  ]);
});

test('a template with parameters in their order, or by name', async () => {
  const { standIn, send } = channelWorld('whatsapp');
  const template = { type: 'template', name: 'we_are_back', language: 'en_US' } as const;
  await send({ ...template, parameters: { 2: 'second', 1: 'first' } });
  await send({ ...template, parameters: { name: 'Ada' } });
  await send({ ...template, parameters: {} });
  const base = { name: 'we_are_back', language: { code: 'en_US' } };
  const text = (value: string) => ({ type: 'text', text: value });
  expect(standIn.sent.map(({ body }) => body.template)).toEqual([
    { ...base, components: [{ type: 'body', parameters: [text('first'), text('second')] }] },
    { ...base, components: [{ type: 'body', parameters: [{ ...text('Ada'), parameter_name: 'name' }] }] },
    base,
  ]);
});

test('a quoted message, and fields of the platform that hookline does not name', async () => {
  const whatsapp = channelWorld('whatsapp');
  const extra = { text: { preview_url: true } };
  await whatsapp.send({ type: 'text', text: 'x' }, { quotedMessageId: 'wamid.9', extra });
  expect(whatsapp.standIn.sent[0]?.body).toMatchObject({
    context: { message_id: 'wamid.9' },
    text: { body: 'x', preview_url: true },
  });
  const telegram = channelWorld('telegram');
  await telegram.send(
    { type: 'text', text: 'x' },
    { quotedMessageId: '9', extra: { protect_content: true } },
  );
  await telegram.send({ type: 'image', media: { base64 } }, { quotedMessageId: '9' });
  const quoted = { reply_parameters: { message_id: 9, allow_sending_without_reply: true } };
  expect(telegram.standIn.sent.map(({ body }) => body)).toMatchObject([
    { ...quoted, protect_content: true },
    quoted,
  ]);
});

const refusals: [string, 'whatsapp' | 'telegram', OutgoingPart, RegExp][] = [
  ['four buttons', 'whatsapp', { type: 'text', text: 'x', buttons: fourButtons() }, /1 to 3 buttons/],
  [
    'a long title',
    'whatsapp',
    { type: 'text', text: 'x', buttons: [{ id: '1', title: 'x'.repeat(21) }] },
    /titles/,
  ],
  [
    'eleven rows',
    'whatsapp',
    { type: 'text', text: 'x', list: { button: 'b', rows: elevenRows() } },
    /1 to 10 rows/,
  ],
  [
    'a long id',
    'telegram',
    { type: 'text', text: 'x', buttons: [{ id: 'ñ'.repeat(33), title: 'x' }] },
    /64 bytes/,
  ],
  ['a template', 'telegram', { type: 'template', name: 'a', language: 'en', parameters: {} }, /no templates/],
  ['a caption of a sticker', 'whatsapp', { type: 'sticker', media: { url }, caption: 'x' }, /no caption/],
  ['a file without files', 'whatsapp', { type: 'image', media: { file: 'a.png' } }, /cannot be read here/],
  ['no bytes', 'telegram', { type: 'image', media: { base64: '' } }, /no base64/],
];
function fourButtons() {
  return ['1', '2', '3', '4'].map((id) => ({ id, title: id }));
}
function elevenRows() {
  return Array.from({ length: 11 }, (_, index) => ({ id: String(index), title: 'x' }));
}

test.each(refusals)('%s on %s is a permanent error before any call', async (_, name, part, message) => {
  const { send, requests } = channelWorld(name);
  const error = await send(part).catch((thrown: unknown) => thrown);
  expect(errorClassOf(error)).toBe('permanent');
  expect(String(error)).toMatch(message);
  expect(requests).toEqual([]);
});

test('WhatsApp groups take no buttons', async () => {
  const { send, requests } = channelWorld('whatsapp');
  const message = { id: 'wamid.1', from: '15550100', group_id: 'group-7', type: 'text', text: { body: 'x' } };
  const payload = { entry: [{ changes: [{ value: { messages: [message] } }] }] };
  const error = await send({ type: 'text', text: 'x', buttons }, { chatId: 'group-7', payload }).catch(
    String,
  );
  expect(error).toContain('WhatsApp groups take no buttons');
  expect(requests).toEqual([]);
});

test.each([
  ['whatsapp', 'image', 5],
  ['whatsapp', 'audio', 16],
  ['whatsapp', 'video', 16],
  ['whatsapp', 'document', 100],
  ['telegram', 'image', 10],
  ['telegram', 'document', 50],
] as const)('%s: bytes of kind %s over %i MB are refused before an upload', async (name, type, megabytes) => {
  const { send, requests } = channelWorld(name);
  const bytes = new Uint8Array(megabytes * 1024 * 1024 + 1);
  const error = await send({ type, media: { file: 'a' } }, { readFile: async () => bytes }).catch(
    (thrown: unknown) => thrown,
  );
  expect(errorClassOf(error)).toBe('permanent');
  expect(String(error)).toContain(String(bytes.length));
  expect(requests).toEqual([]);
});

test.each([
  ['lost', { kind: 'lose-answer' }],
  ['an error page', { kind: 'html' }],
  ['no answer', { kind: 'hang' }],
] as const)('an upload whose answer is %s is done again: nobody has seen it', async (_, fault) => {
  const { standIn, send } = channelWorld('whatsapp');
  standIn.fail({ ...fault, method: 'upload' });
  await send({ type: 'image', media: { base64 } });
  expect(standIn.calls.map(({ method }) => method)).toEqual(['upload', 'upload', 'message']);
});

test('an upload that never succeeds is transient, and one with an expired token is for an operator', async () => {
  const { standIn, send } = channelWorld('whatsapp');
  const classOf = () =>
    send({ type: 'image', media: { base64 } }).catch((error: unknown) => errorClassOf(error));
  standIn.fail({ kind: 'lose-answer', method: 'upload', times: 4 });
  expect(await classOf()).toBe('transient');
  standIn.fail({ kind: 'refuse', code: 190, method: 'upload' });
  expect(await classOf()).toBe('hold');
  expect(standIn.sent).toEqual([]);
});

test('a send with bytes whose answer is lost stays unclear', async () => {
  for (const name of ['whatsapp', 'telegram'] as const) {
    const { standIn, send } = channelWorld(name);
    standIn.fail({ kind: 'lose-answer', method: name === 'whatsapp' ? 'message' : 'sendPhoto' });
    const sent = send({ type: 'image', media: { base64 } });
    expect(errorClassOf(await sent.catch((error: unknown) => error))).toBe('unclear');
    expect(standIn.sent).toHaveLength(1);
  }
});

test.each(['whatsapp', 'telegram'] as const)('%s: a reaction is set and taken back', async (name) => {
  const { channel, target, standIn } = channelWorld(name);
  await channel.react('77', '👍', target({ callbackData: '' }));
  await channel.react('77', '', target({ callbackData: '' }));
  const reactions = standIn.calls.map(({ body }) => body.reaction);
  expect(reactions).toEqual(
    name === 'whatsapp'
      ? [
          { message_id: '77', emoji: '👍' },
          { message_id: '77', emoji: '' },
        ]
      : [[{ type: 'emoji', emoji: '👍' }], []],
  );
  expect(standIn.calls[0]?.body).not.toHaveProperty('biz_opaque_callback_data');
});
