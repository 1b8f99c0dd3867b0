import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitTelegramUpdate } from '../../../runtime/channels/telegram/parse.ts';
import { HANDLED_UPDATES } from '../../../runtime/channels/telegram/update.ts';
import { splitWhatsappBody } from '../../../runtime/channels/whatsapp/parse.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';

/** Names that the parsers look for, so that random bodies reach the readers behind them. */
const NAMES = (
  'entry changes value messages metadata contacts statuses type text body image audio voice id from group_id ' +
  'context interactive nfm_reply button_reply list_reply response_json button location latitude contact order ' +
  'product_items system reaction emoji message_id chat photo sticker file_id venue entities offset length user ' +
  'reply_to_message caption new_reaction new_chat_member status data message constructor __proto__ toString'
).split(' ');
const TYPES = 'text image voice interactive nfm_reply list_reply order system group kicked mention'.split(
  ' ',
);

const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(...TYPES),
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;
const record = fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: 10 });

/** As it would arrive: what JSON cannot say is not there. */
const asJson = (value: unknown): JsonRecord => JSON.parse(JSON.stringify(value)) as JsonRecord;

const whatsapp = (body: JsonRecord) => splitWhatsappBody(body, { allowedPhoneNumberIds: [], nowMillis: 0 });
const telegram = (body: JsonRecord) => splitTelegramUpdate(body, 0, { id: '1', username: 'bot' });

test('no body breaks the WhatsApp parser, and every message has one outcome', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anything, record), { maxLength: 4 }), anything, (messages, contacts) => {
      const body = asJson({ entry: [{ changes: [{ value: { messages, contacts } }] }] });
      const { events, skipped } = whatsapp(body);
      expect(events.length + skipped.length).toBe(messages.length);
      for (const event of events) expect(event.chatId).not.toBe('');
    }),
    { numRuns: 1000 },
  );
});

test('no body breaks the Telegram parser, and every update has one outcome', () => {
  const update = fc.tuple(
    fc.constantFrom(...HANDLED_UPDATES, 'edited_message', 'story'),
    fc.oneof(anything, record),
  );
  fc.assert(
    fc.property(update, ([name, value]) => {
      const { events, skipped } = telegram(asJson({ [name]: value }));
      expect(events.length + skipped.length).toBe(1);
      for (const event of events) expect(event.chatId).not.toBe('');
    }),
    { numRuns: 1000 },
  );
});

test('deep and huge bodies are read too (quadratic work would take minutes)', () => {
  let deep: unknown = 'x';
  for (let depth = 0; depth < 50_000; depth++) deep = { text: [deep] };
  const flow = { response_json: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` };
  const interactive = { type: 'nfm_reply', nfm_reply: flow };
  const many = Array.from({ length: 20_000 }, (_, index) => ({ wa_id: `${index}`, type: 'text' }));
  const messages = [
    { type: 'text', text: deep, from: '1' },
    { type: 'interactive', from: '1', interactive },
    ...many,
  ];
  const body = { entry: [{ changes: [{ value: { messages, contacts: many } }] }] };
  const { events, skipped } = whatsapp(body);
  expect(events.length + skipped.length).toBe(messages.length);
  expect(events).toMatchObject([{ message: { data: { answers: undefined } } }]);
  expect(
    telegram({ message: { chat: { id: 1 }, text: deep, entities: many, reply_to_message: deep } }),
  ).toMatchObject({ events: [] });
});
