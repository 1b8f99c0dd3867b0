import { describe, expect, it, test } from 'vitest';
import { parseWhatsappMessage, splitWhatsappBody } from '../../../runtime/channels/whatsapp/parse.ts';

const envelope = { id: 'wamid.1', from: '12025550143', timestamp: '1793000000' };
const metadata = { phone_number_id: '1', display_phone_number: '+1 202 555 0100' };
const body = (message: object, contacts: readonly object[] = []) => ({
  entry: [{ changes: [{ value: { metadata, contacts, messages: [{ ...envelope, ...message }] } }] }],
});
const split = (message: object) =>
  splitWhatsappBody(body(message), { allowedPhoneNumberIds: ['1'], nowMillis: 0 });
const parse = (message: object, contacts?: readonly object[]) =>
  parseWhatsappMessage(body(message, contacts));

describe('what each type says', () => {
  const medium = { id: 'm1', mime_type: 'image/jpeg', sha256: `${'A'.repeat(42)}8=` };
  const hex = `${'0'.repeat(62)}0f`;
  test.each([
    [
      'image',
      { type: 'image', image: { ...medium, caption: 'look' } },
      {
        kind: 'image',
        text: 'look',
        media: [{ kind: 'image', id: 'm1', mimeType: 'image/jpeg', sha256: hex }],
      },
    ],
    [
      'document',
      { type: 'document', document: { id: 'm2', filename: 'a.pdf', file_size: 7, sha256: 'AB'.repeat(32) } },
      {
        kind: 'document',
        text: '',
        media: [{ kind: 'document', id: 'm2', fileName: 'a.pdf', bytes: 7, sha256: 'ab'.repeat(32) }],
      },
    ],
    [
      'video',
      { type: 'video', video: { id: 'm3' } },
      { kind: 'video', media: [{ kind: 'video', id: 'm3' }] },
    ],
    [
      'sticker',
      { type: 'sticker', sticker: { id: 'm4', animated: true } },
      { kind: 'sticker', data: { isAnimated: true }, media: [{ kind: 'sticker', id: 'm4' }] },
    ],
    ['audio', { type: 'audio', audio: { id: 'm5' } }, { kind: 'audio', isVoiceNote: false }],
    ['voice note', { type: 'audio', audio: { id: 'm5', voice: true } }, { kind: 'audio', isVoiceNote: true }],
    ['voice', { type: 'voice', voice: { id: 'm6' } }, { kind: 'audio', isVoiceNote: true }],
    [
      'reaction',
      { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } },
      { kind: 'reaction', text: '👍', data: { messageId: 'wamid.0', emoji: '👍' } },
    ],
    [
      'reaction taken back',
      { type: 'reaction', reaction: { message_id: 'wamid.0' } },
      { kind: 'reaction', text: '', data: { messageId: 'wamid.0', emoji: '' } },
    ],
    [
      'button_reply',
      {
        type: 'interactive',
        interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } },
      },
      { kind: 'interactive', text: 'Yes', data: { type: 'button_reply', id: 'yes', title: 'Yes' } },
    ],
    [
      'list_reply',
      {
        type: 'interactive',
        interactive: { type: 'list_reply', list_reply: { id: 'r2', title: 'Tea', description: 'green' } },
      },
      {
        kind: 'interactive',
        text: 'Tea',
        data: { type: 'list_reply', id: 'r2', title: 'Tea', description: 'green' },
      },
    ],
    [
      'nfm_reply',
      {
        type: 'interactive',
        interactive: {
          type: 'nfm_reply',
          nfm_reply: {
            name: 'flow',
            body: 'Sent',
            response_json: '{"flow_token":"t","seats":2,"day":"Monday"}',
          },
        },
      },
      {
        kind: 'interactive',
        text: 'seats: 2\nday: Monday',
        data: { type: 'nfm_reply', name: 'flow', answers: { flow_token: 't', seats: 2, day: 'Monday' } },
      },
    ],
    [
      'nfm_reply that is no JSON',
      {
        type: 'interactive',
        interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{' } },
      },
      { kind: 'interactive', text: 'Sent', data: { type: 'nfm_reply', answers: undefined } },
    ],
    [
      'button',
      { type: 'button', button: { payload: 'P1', text: 'Stop' } },
      { kind: 'button', text: 'Stop', data: { payload: 'P1', title: 'Stop' } },
    ],
    [
      'location',
      { type: 'location', location: { latitude: 52.5, longitude: 13.4, name: 'Gate', address: 'Square 1' } },
      {
        kind: 'location',
        text: 'Location: 52.5, 13.4\nGate\nSquare 1',
        data: { latitude: 52.5, longitude: 13.4, name: 'Gate', address: 'Square 1' },
      },
    ],
    [
      'contacts',
      {
        type: 'contacts',
        contacts: [
          { name: { formatted_name: 'Ada L' }, phones: [{ phone: '+1202' }], emails: [{ email: 'a@b.c' }] },
        ],
      },
      {
        kind: 'contacts',
        text: 'Contact: Ada L, +1202, a@b.c',
        data: [{ name: 'Ada L', phones: ['+1202'], emails: ['a@b.c'] }],
      },
    ],
    [
      'order',
      {
        type: 'order',
        order: {
          catalog_id: 'c',
          text: 'please',
          product_items: [{ product_retailer_id: 'sku', quantity: 2, item_price: 1.5, currency: 'EUR' }],
        },
      },
      {
        kind: 'order',
        text: 'Order:\n2 x sku (1.5 EUR each)\nplease',
        data: {
          catalogId: 'c',
          note: 'please',
          items: [{ productId: 'sku', quantity: 2, price: 1.5, currency: 'EUR' }],
        },
      },
    ],
    [
      'a new number',
      {
        type: 'system',
        system: { type: 'user_changed_number', customer: '1', wa_id: '2', body: 'changed' },
      },
      { kind: 'system', text: 'changed', data: { type: 'user_changed_number', oldId: '1', newId: '2' } },
    ],
    [
      'a new business-scoped id',
      {
        type: 'system',
        system: { type: 'user_changed_user_id', previous_user_id: 'US.1', user_id: 'US.2' },
      },
      { kind: 'system', data: { type: 'user_changed_user_id', oldId: 'US.1', newId: 'US.2' } },
    ],
  ])('%s', (_name, message, expected) => {
    expect(parse(message)).toMatchObject({ chatId: '12025550143', messageId: 'wamid.1', ...expected });
    expect(split(message)).toMatchObject({ events: [{ message: expected }], skipped: [] });
  });
});

test.each([
  ['an unsupported kind', { type: 'unsupported', errors: [{ code: 131051 }] }],
  ['a kind of tomorrow', { type: 'hologram', hologram: {} }],
  ['the welcome request', { type: 'request_welcome' }],
  ['a medium without an id', { type: 'image', image: { mime_type: 'image/png' } }],
  ['a type named as what every object has', { type: 'constructor' }],
])('%s gets no turn, and its user can be told', (_name, message) => {
  const { events, skipped } = split(message);
  expect(events).toEqual([]);
  expect(skipped).toMatchObject([
    { eventId: 'wamid.1', rule: 'unsupported', event: { chatId: '12025550143' } },
  ]);
});

it('says nothing to a system message that changes no id', () => {
  const { skipped } = split({ type: 'system', system: { type: 'customer_identity_changed' } });
  expect(skipped).toEqual([{ eventId: 'wamid.1', rule: 'unsupported' }]);
});

describe('ids of a user', () => {
  const text = { type: 'text', text: { body: 'hi' } };

  it('keeps the business-scoped ids beside the phone number', () => {
    const contact = { wa_id: '12025550143', user_id: 'US.7', profile: { name: 'Ada' } };
    expect(
      parse({ ...text, from_user_id: 'US.7', from_parent_user_id: 'US.ENT.9' }, [{ wa_id: '1' }, contact]),
    ).toMatchObject({ userId: '12025550143', userAliases: ['US.7', 'US.ENT.9'] });
    expect(parse(text, [contact]).userAliases).toEqual(['US.7']);
  });

  it("takes nobody else's id for the sender's", () => {
    expect(parse(text, [{ wa_id: '1', user_id: 'US.8' }]).userAliases).toBeUndefined();
  });

  it('falls back to the parent id', () => {
    expect(parse({ ...text, from: undefined, from_parent_user_id: 'US.ENT.9' }).chatId).toBe('US.ENT.9');
  });
});

describe('groups', () => {
  const group = (more: object, text = 'hi') =>
    parse({ group_id: 'g', type: 'text', text: { body: text }, ...more }, [
      { wa_id: envelope.from, profile: { name: 'Ada' } },
    ]).group;

  it('names the speaker and the group', () => {
    expect(group({})).toEqual({ id: 'g', speakerName: 'Ada', isAddressed: false });
  });

  it('is addressed by a mention, an answer or a command', () => {
    expect(group({}, 'hello @12025550100!')?.isAddressed).toBe(true);
    expect(group({}, 'hello @120255501009')?.isAddressed).toBe(false);
    expect(group({ context: { from: '12025550100', id: 'wamid.0' } })?.isAddressed).toBe(true);
    expect(group({ context: { from: '12025550199', id: 'wamid.0' } })?.isAddressed).toBe(false);
    expect(group({}, '/help')?.isAddressed).toBe(true);
  });
});
