import { expect, test } from 'vitest';
import type { Block } from '../../../runtime/bot/agent.ts';
import { partsOf } from '../../../runtime/bot/reply.ts';
import { errorClassOf } from '../../../runtime/core/errors.ts';

const parts = (...blocks: Block[]) => partsOf(blocks, 'whatsapp');
const url = 'https://files.example/a.png';

test('a text block is a text, its response, or its JSON; variables and blanks send nothing', () => {
  expect(
    parts(
      { type: 'text', content: 'plain' },
      { type: 'text', content: { response: 'said', thoughts: 'hidden' } },
      { type: 'text', content: { list: [1, 2] } },
      { type: 'text', content: '  ' },
      { type: 'variable', content: { key: 'a', value: 1 } },
    ),
  ).toEqual([
    { type: 'text', text: 'plain' },
    { type: 'text', text: 'said' },
    { type: 'text', text: '{"list":[1,2]}' },
  ]);
});

test('parse mode, buttons and a list stand beside the response', () => {
  const buttons = [{ id: 'y', title: 'Yes' }];
  const list = { button: 'Open', rows: [{ id: 'r', title: 'Row', description: 'More' }] };
  expect(
    parts(
      { type: 'text', content: { response: '*x*', parse_mode: 'MarkdownV2', buttons } },
      { type: 'text', content: { response: 'x', list } },
    ),
  ).toEqual([
    { type: 'text', text: '*x*', parseMode: 'MarkdownV2', buttons },
    { type: 'text', text: 'x', list },
  ]);
});

test('a long text with buttons is several messages, and the last one carries them', () => {
  const buttons = [{ id: 'y', title: 'Yes' }];
  const sent = parts({ type: 'text', content: { response: 'word '.repeat(1500), buttons } });
  expect(sent.length).toBeGreaterThan(2);
  expect(sent.map((part) => part.type === 'text' && part.buttons)).toEqual([
    ...Array(sent.length - 1).fill(undefined),
    buttons,
  ]);
  expect(sent.at(-1)).toMatchObject({ text: expect.stringMatching(/^.{1,1024}$/) });
});

test.each([
  [{ kind: 'url', url, path: 'other.png' }, { url }],
  [{ kind: 'file', path: 'file:a/b.png', url }, { file: 'a/b.png' }],
  [{ kind: 'b64', b64: 'aGk=' }, { base64: 'aGk=' }],
  [{ path: '/var/task/logo.png' }, { file: '/var/task/logo.png' }],
  [{ link: url, id: '7' }, { url }],
  [{ media_id: '7', id: '8', file_id: '9' }, { id: '7' }],
  [{ id: '8', file_id: '9' }, { id: '8' }],
  [{ file_id: '9' }, { id: '9' }],
  [url, { url }],
  ['file:a.png', { file: 'a.png' }],
  ['folder/a.png', { file: 'folder/a.png' }],
  ['AgACAgIAAx-_9', { id: 'AgACAgIAAx-_9' }],
])('the medium %j is found at %j', (content, media) => {
  expect(parts({ type: 'image', content })).toEqual([{ type: 'image', media }]);
});

test('what is known of a medium goes along; all kinds are sent', () => {
  const content = { kind: 'url', url, filename: 'a.png', mime_type: 'image/png', is_voice_note: true };
  const known = { media: { url }, fileName: 'a.png', mimeType: 'image/png', isVoiceNote: true };
  const types = ['image', 'audio', 'video', 'document', 'sticker'];
  expect(parts(...types.map((type) => ({ type, content })))).toEqual(
    types.map((type) => ({ type, ...known })),
  );
});

test('a caption is cut at 1024 units and the rest is text; where none is shown, all of it is text', () => {
  const caption = `${'word '.repeat(300)}end`;
  const [image, rest, ...more] = parts({ type: 'image', content: { url, caption } });
  if (image?.type !== 'image' || rest?.type !== 'text') throw new Error('not an image and a text');
  expect(image.caption?.length).toBeLessThanOrEqual(1024);
  expect(`${image.caption} ${rest.text}`).toBe(caption);
  expect(more).toEqual([]);
  const audio = { type: 'audio', content: { url, caption } };
  expect(parts(audio)).toEqual([
    { type: 'audio', media: { url } },
    { type: 'text', text: caption },
  ]);
  expect(partsOf([audio], 'telegram')[0]).toMatchObject({ caption: image.caption });
});

test('a template block', () => {
  const content = { name: 'we_are_back', language: 'en_US', parameters: { 1: 'Ada', 2: 5 } };
  expect(parts({ type: 'template', content })).toEqual([
    { type: 'template', name: 'we_are_back', language: 'en_US', parameters: { 1: 'Ada', 2: '5' } },
  ]);
});

test.each<[Block, RegExp]>([
  [{ type: 'hologram', content: 'x' }, /\(hologram\).*no such type/],
  [{ type: 'image', content: {} }, /\(image\).*path, url/],
  [{ type: 'image', content: { url: 'file:///etc/passwd' } }, /\(image\).*https/],
  [{ type: 'template', content: { name: 'x' } }, /\(template\).*name and a language/],
  [{ type: 'text', content: { response: '', buttons: [{ id: 'a', title: 'A' }] } }, /\(text\).*need a text/],
  [{ type: 'text', content: { response: 'x', buttons: [] } }, /\(text\).*1 to 3 buttons/],
  [{ type: 'text', content: { response: 'x', buttons: [{ title: 'no id' }] } }, /\(text\).*number 1/],
  [
    { type: 'text', content: { response: 'x', list: { rows: [{ id: 'a', title: 'A' }] } } },
    /button of the list/,
  ],
])('the block %j is refused for good, by its number and type', (block, message) => {
  const refused = () => parts({ type: 'text', content: 'fine' }, block);
  expect(refused).toThrow(message);
  expect(refused).toThrow(/^Block 2 of the reply /);
  try {
    refused();
  } catch (error) {
    expect(errorClassOf(error)).toBe('permanent');
  }
});

test('a template is refused on Telegram', () => {
  const template = { type: 'template', content: { name: 'a', language: 'en' } };
  expect(() => partsOf([template], 'telegram')).toThrow('Block 1 of the reply (template) cannot be sent');
});
