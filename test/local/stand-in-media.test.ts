import { describe, expect, it } from 'vitest';
import { telegramContents, whatsappContents } from '../../local/recordings/contents.ts';
import { telegramWebhook, whatsappSignature, whatsappWebhook } from '../../local/recordings/webhooks.ts';
import { startServer } from '../../local/server.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import { createOpenAiStandIn } from '../../local/stand-ins/openai.ts';
import { platformRoute } from '../../local/stand-ins/routes.ts';
import { createTelegramStandIn } from '../../local/stand-ins/telegram.ts';
import { splitTelegramUpdate } from '../../runtime/channels/telegram/parse.ts';
import { splitWhatsappBody } from '../../runtime/channels/whatsapp/parse.ts';

const GRAPH = 'https://graph.facebook.com/v26.0';
const BOT = 'https://api.telegram.org/bot7000000001:secret';
const bytes = Uint8Array.from(Buffer.from('\x89PNG picture', 'latin1'));
const authorization = { authorization: 'Bearer token' };

const form = (fields: Record<string, string>, file?: [string, Uint8Array, string]): RequestInit => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  if (file) body.set(file[0], new Blob([new Uint8Array(file[1])], { type: file[2] }), 'file.bin');
  return { method: 'POST', headers: authorization, body };
};

describe('the Graph stand-in: media', () => {
  const upload = (content: Uint8Array, type: string) =>
    form({ messaging_product: 'whatsapp', type }, ['file', content, type]);

  it('takes an upload, describes it, and gives the bytes to who shows the token', async () => {
    const graph = createGraphStandIn();
    const { id } = (await (await graph.fetch(`${GRAPH}/1/media`, upload(bytes, 'image/png'))).json()) as {
      id: string;
    };
    const known = await (await graph.fetch(`${GRAPH}/${id}`, { headers: authorization })).json();
    expect(known).toMatchObject({ id, mime_type: 'image/png', file_size: bytes.length });
    const { url, sha256 } = known as { url: string; sha256: string };
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await graph.fetch(url)).status).toBe(401);
    const download = await graph.fetch(url, { headers: authorization });
    expect(Buffer.from(await download.arrayBuffer())).toEqual(Buffer.from(bytes));
    expect(graph.calls.map(({ method }) => method)).toEqual(['upload', 'media', 'download']);
    expect(graph.sent).toEqual([]);
  });

  it('behind a server names an address of that server', async () => {
    const whatsapp = createGraphStandIn();
    const routes = [platformRoute({ whatsapp, telegram: createTelegramStandIn() })];
    const server = await startServer(routes, 0, '127.0.0.1');
    const origin = `http://127.0.0.1:${server.port}`;
    const id = whatsapp.hold({ bytes, mimeType: 'image/png' });
    const known = await (await fetch(`${origin}/v26.0/${id}`, { headers: authorization })).json();
    const { url } = known as { url: string };
    expect(new URL(url).origin).toBe(origin);
    const download = await fetch(url, { headers: authorization });
    expect(Buffer.from(await download.arrayBuffer())).toEqual(Buffer.from(bytes));
    await server.close();
  });

  it.each([
    ['an unknown type', upload(bytes, 'application/x-dosexec'), 100],
    ['a picture over 5 MB', upload(new Uint8Array(5_242_881), 'image/png'), 131053],
    ['no file', form({ messaging_product: 'whatsapp' }), 100],
    ['no product', form({}, ['file', bytes, 'image/png']), 100],
  ])('refuses %s', async (_, init, code) => {
    const response = await createGraphStandIn().fetch(`${GRAPH}/1/media`, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  const link = 'https://files.example/a.png';
  const button = (id: string, title = 'x') => ({ type: 'reply', reply: { id, title } });
  const interactive = (action: object, type = 'button', text = 'x') => ({
    type: 'interactive',
    interactive: { type, body: { text }, action },
  });
  it.each<[string, object]>([
    ['a medium without a place', { type: 'image', image: {} }],
    ['a medium with two', { type: 'image', image: { id: '1', link } }],
    ['an unknown media id', { type: 'image', image: { id: '1' } }],
    ['a caption of a sound', { type: 'audio', audio: { link, caption: 'x' } }],
    ['a long caption', { type: 'image', image: { link, caption: 'x'.repeat(1025) } }],
    ['four buttons', interactive({ buttons: ['1', '2', '3', '4'].map((id) => button(id)) })],
    ['a long title', interactive({ buttons: [button('1', 'x'.repeat(21))] })],
    ['two ids alike', interactive({ buttons: [button('1'), button('1')] })],
    ['a long text above buttons', interactive({ buttons: [button('1')] }, 'button', 'x'.repeat(1025))],
    ['buttons in a group', { recipient_type: 'group', ...interactive({ buttons: [button('1')] }) }],
    ['a list without rows', interactive({ button: 'x', sections: [] }, 'list')],
    ['a template without a language', { type: 'template', template: { name: 'x' } }],
    ['a reaction to nothing', { type: 'reaction', reaction: { emoji: 'x' } }],
    ['an unknown type', { type: 'hologram' }],
    ['long data of ours', { type: 'text', text: { body: 'x' }, biz_opaque_callback_data: 'x'.repeat(513) }],
  ])('refuses %s', async (_, message) => {
    const graph = createGraphStandIn();
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: '12025550143', ...message });
    const response = await graph.fetch(`${GRAPH}/1/messages`, {
      method: 'POST',
      headers: authorization,
      body,
    });
    expect(response.status).toBe(400);
    expect(graph.calls).toEqual([]);
  });

  it('keeps general faults for what users see: a sign meets only those that name it', async () => {
    const graph = createGraphStandIn();
    const body = JSON.stringify({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.1' });
    const read = async () =>
      (await graph.fetch(`${GRAPH}/1/messages`, { method: 'POST', headers: authorization, body })).status;
    graph.fail({ kind: 'refuse', code: 190 });
    expect(await read()).toBe(200);
    graph.fail({ kind: 'refuse', code: 190, method: 'read' });
    expect(await read()).toBe(401);
  });
});

describe('the Telegram stand-in: media', () => {
  it('takes a form, gives the file again, and sends it by its id', async () => {
    const telegram = createTelegramStandIn();
    const sent = await telegram.fetch(
      `${BOT}/sendPhoto`,
      form({ chat_id: '5', caption: 'A dog', reply_parameters: '{"message_id":7}' }, [
        'photo',
        bytes,
        'image/png',
      ]),
    );
    const { result } = (await sent.json()) as { result: { photo: { file_id: string }[] } };
    const fileId = result.photo[0]?.file_id ?? '';
    expect(telegram.sent).toMatchObject([
      { method: 'sendPhoto', chatId: '5', text: 'A dog', body: { reply_parameters: { message_id: 7 } } },
    ]);
    const file = (await (await telegram.fetch(`${BOT}/getFile?file_id=${fileId}`)).json()) as {
      result: { file_path: string };
    };
    const address = `https://api.telegram.org/file/bot7000000001:secret/${file.result.file_path}`;
    const download = await telegram.fetch(address);
    expect(Buffer.from(await download.arrayBuffer())).toEqual(Buffer.from(bytes));
    const again = await telegram.fetch(`${BOT}/sendPhoto`, form({ chat_id: '5', photo: fileId }));
    expect(again.status).toBe(200);
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['an unknown id', 'sendPhoto', { chat_id: '5', photo: 'nothing' }, 'wrong file identifier'],
    ['no medium', 'sendVoice', { chat_id: '5' }, 'there is no voice'],
    [
      'a long caption',
      'sendVideo',
      { chat_id: '5', video: 'https://x.example', caption: 'x'.repeat(1025) },
      'caption',
    ],
    [
      'bad markup',
      'sendMessage',
      { chat_id: '5', text: 'a.b', parse_mode: 'MarkdownV2' },
      "can't parse entities",
    ],
    [
      'an open tag',
      'sendMessage',
      { chat_id: '5', text: '<b>a', parse_mode: 'HTML' },
      "can't parse entities",
    ],
    [
      'a long button',
      'sendMessage',
      {
        chat_id: '5',
        text: 'x',
        reply_markup: JSON.stringify({ inline_keyboard: [[{ text: 'x', callback_data: 'x'.repeat(65) }]] }),
      },
      'BUTTON_DATA_INVALID',
    ],
  ])('refuses %s', async (_, method, fields, words) => {
    const telegram = createTelegramStandIn();
    const response = await telegram.fetch(`${BOT}/${method}`, form(fields));
    expect(response.status).toBe(400);
    expect(((await response.json()) as { description: string }).description).toContain(words);
    expect(telegram.calls).toEqual([]);
  });

  it('gives no file over 20 MB', async () => {
    const telegram = createTelegramStandIn();
    const id = telegram.hold({ bytes: new Uint8Array(21 * 1024 * 1024), mimeType: 'video/mp4' });
    const answer = await (await telegram.fetch(`${BOT}/getFile?file_id=${id}`)).json();
    expect(answer).toMatchObject({ ok: false, description: 'Bad Request: file is too big' });
  });
});

it('the addresses of media reach their platform', async () => {
  const standIns = { whatsapp: createGraphStandIn(), telegram: createTelegramStandIn() };
  const route = platformRoute(standIns);
  const statusOf = async (path: string) => {
    const url = new URL(path, 'http://127.0.0.1');
    return (await route(new Request(url), url))?.status;
  };
  expect(await statusOf('/whatsapp_business/attachments/?mid=1')).toBe(401);
  expect(await statusOf('/file/bot1:t/files/1')).toBe(404);
  expect(await statusOf('/other')).toBeUndefined();
});

it('the model stand-in writes down a sound', async () => {
  const openAi = createOpenAiStandIn();
  const url = 'https://api.openai.com/v1/audio/transcriptions';
  const response = await openAi.fetch(url, form({ model: 'gpt-transcribe' }, ['file', bytes, 'audio/ogg']));
  expect(await response.json()).toEqual({ text: `A sound of ${bytes.length} bytes` });
  expect((await openAi.fetch(url, form({ model: 'x' }))).status).toBe(400);
});

describe('recorded webhooks of other kinds', () => {
  const picture = { id: 'media-1', bytes, mimeType: 'image/png', fileName: 'a.png' };
  const sound = { ...picture, mimeType: 'audio/ogg' };
  const place = { latitude: 51.4779, name: 'Royal Observatory' };

  it.each([
    [
      'image',
      whatsappContents.image(picture, 'Look'),
      { text: 'Look', media: [{ id: 'media-1', kind: 'image' }] },
    ],
    ['document', whatsappContents.document(picture), { media: [{ fileName: 'a.png' }] }],
    ['audio', whatsappContents.voice(sound), { isVoiceNote: true }],
    ['interactive', whatsappContents.button('yes', 'Yes'), { text: 'Yes', data: { id: 'yes' } }],
    ['interactive', whatsappContents.list('r1', 'Row'), { text: 'Row', data: { id: 'r1' } }],
    ['button', whatsappContents.quickReply('Stop', 'stop'), { text: 'Stop', data: { payload: 'stop' } }],
    ['reaction', whatsappContents.reaction('wamid.1', '👍'), { text: '👍', data: { messageId: 'wamid.1' } }],
    ['location', whatsappContents.location(), { data: place }],
  ])('WhatsApp: %s', (kind, content, expected) => {
    const webhook = whatsappWebhook({ appSecret: 's', content });
    expect(webhook.headers['x-hub-signature-256']).toBe(whatsappSignature(webhook.body, 's'));
    const options = { allowedPhoneNumberIds: ['100000000000001'], nowMillis: 0 };
    const { events } = splitWhatsappBody(JSON.parse(webhook.body), options);
    expect(events).toMatchObject([{ eventId: webhook.eventId, message: { kind, ...expected } }]);
  });

  it.each([
    ['image', telegramContents.image(picture, 'Look'), { text: 'Look', media: [{ id: 'media-1' }] }],
    ['document', telegramContents.document(picture), { media: [{ fileName: 'a.png' }] }],
    ['audio', telegramContents.voice(sound), { isVoiceNote: true }],
    ['location', telegramContents.location(), { data: place }],
    ['callback', telegramContents.callback('yes'), { text: 'yes', chatId: '9' }],
    ['reaction', telegramContents.reaction(7, '👍'), { text: '👍', chatId: '9' }],
  ])('Telegram: %s', (kind, content, expected) => {
    const webhook = telegramWebhook({ secretToken: 's', chatId: '9', content });
    const { events } = splitTelegramUpdate(JSON.parse(webhook.body), 0);
    expect(events).toMatchObject([{ eventId: webhook.eventId, message: { kind, ...expected } }]);
  });
});
