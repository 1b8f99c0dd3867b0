import { describe, expect, test } from 'vitest';
import { plainItem, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { isSameAddress, keyForms, normaliseAddress } from '../../../runtime/replies/address.ts';
import { readEntry, readUsage } from '../../../runtime/replies/entry.ts';
import { pendingTurnData, readPendingTurn } from '../../../runtime/replies/pending-turn.ts';
import { readConversation, timeMillis } from '../../../runtime/replies/record.ts';
import { byArrival, readStagedRow, stagedItem } from '../../../runtime/replies/staged.ts';
import { turnIdOf } from '../../../runtime/replies/turn-id.ts';
import {
  COMPANY,
  CONVERSATION,
  MODEL_SECRET,
  newStagedRow,
  PROMPT,
  recordR,
  recordRN,
  SID,
  stagedByHand,
  TWILIO_SECRET,
  USER,
} from './records.ts';

describe('addresses', () => {
  test.each([
    ['whatsapp:+1 (500) 555-0006', '+15005550006'],
    ['WhatsApp: whatsapp:+15005550006', '+15005550006'],
    ['+15005550006', '+15005550006'],
    ['15005550006', '15005550006'],
    ['whatsapp:CC.aB3', 'CC.aB3'],
    ['US.13491208655302741918', 'US.13491208655302741918'],
    ['a.b@example.com', 'a.b@example.com'],
    ['whatsapp:', undefined],
    [' ', undefined],
  ])('%s → %s', (raw, address) => {
    expect(normaliseAddress(raw)).toBe(address);
  });

  test('both forms of a key, the given one first', () => {
    expect(keyForms('+15005550006')).toEqual(['+15005550006', 'whatsapp:+15005550006']);
    expect(keyForms('whatsapp:+15005550006')).toEqual(['whatsapp:+15005550006', '+15005550006']);
    expect(isSameAddress('whatsapp:+15005550006', '+15005550006')).toBe(true);
    expect(isSameAddress('', '')).toBe(false);
  });
});

test('the turn id of the test data; the order of the sids does not count', () => {
  expect(turnIdOf(CONVERSATION, [SID])).toBe('3cf7db205295a719b5d25c9c22a4942c');
  expect(turnIdOf('c', ['b', 'a'])).toBe(turnIdOf('c', ['a', 'b']));
});

describe('the record', () => {
  const settings = {
    modelKeyReference: MODEL_SECRET,
    promptReference: PROMPT,
    credentialsReference: TWILIO_SECRET,
    companyAddress: COMPANY,
    userAddress: USER,
  };

  test('replies 21: flat, nested, and the key as it is stored', () => {
    expect(readConversation(recordR())).toMatchObject({ ...settings, key: { primaryChannel: USER } });
    expect(readConversation(recordRN())).toMatchObject({
      ...settings,
      key: { primaryChannel: `whatsapp:${USER}` },
    });
  });

  test('replies 21: flat wins, and a blank prompt is none', () => {
    const both = recordRN({
      ai_config: {
        api_key_reference: 'flat',
        openai_config: { whatsapp: { api_key_reference: 'nested', assistant_id_replies: ' ' } },
      },
    });
    expect(readConversation(both)).toMatchObject({ modelKeyReference: 'flat', promptReference: undefined });
  });

  test.each([
    [{ thread_id: 'thread_x', openai_thread_id: 'thread_y' }, 'thread_x'],
    [{ thread_id: null, openai_thread_id: 'conv_x' }, 'conv_x'],
    [{}, undefined],
  ])('replies 34: the thread of %j', (more, threadId) => {
    expect(readConversation(recordR(more)).threadId).toBe(threadId);
  });

  test('anything but the keys may be missing or of another type', () => {
    const keys = { primary_channel: USER, conversation_id: CONVERSATION };
    const bare = readConversation(storedItem(keys));
    expect(bare).toMatchObject({
      entries: [],
      isProjectActive: false,
      allowedChannels: undefined,
      lockFence: 0,
    });
    const names = Object.keys(plainItem(recordR())).filter((name) => !(name in keys));
    for (const odd of [7, 'x', [1], { a: 1 }, null, true])
      expect(() =>
        readConversation(recordR(Object.fromEntries(names.map((name) => [name, odd])))),
      ).not.toThrow();
  });

  test('lists of the record: null is empty, numbers are normalised', () => {
    const record = readConversation(
      recordR({
        auto_queue_reply_message_from_number: ['whatsapp:+15005550006', 15005550007],
        allowed_channels: ['WhatsApp', 5],
        processed_sids: ['SM1', null],
        turn_times: [1, '2'],
      }),
    );
    expect(record.autoQueueReplyFrom).toEqual([USER, '15005550007']);
    expect(record).toMatchObject({ allowedChannels: ['whatsapp'], turnTimes: [1, 2] });
    expect([...record.processedSids]).toEqual(['SM1']);
    expect(readConversation(recordR()).autoQueueReplyFrom).toEqual([]);
  });

  test.each([
    ['2026-11-21T09:00:00.123456+00:00Z', '2026-11-21T09:00:00.123Z'],
    ['2026-11-21T10:00:00+01:00', '2026-11-21T09:00:00.000Z'],
    ['2026-11-21T09:00:00Z', '2026-11-21T09:00:00.000Z'],
    ['2026-11-21T09:00:00', '2026-11-21T09:00:00.000Z'],
    ['yesterday', undefined],
  ])('the time %s', (text, iso) => {
    const millis = timeMillis(text);
    expect(millis === undefined ? undefined : new Date(millis).toISOString()).toBe(iso);
  });

  test('an older entry is read by its older names', () => {
    const old = {
      entry_id: 'SM1',
      message_timestamp: 't',
      role: 'assistant',
      content: 'x',
      ai_prompt_tokens: 3,
    };
    expect(readEntry(old)).toMatchObject({ messageId: 'SM1', timestamp: 't', partSids: [] });
    expect(readUsage(old)).toEqual({ promptTokens: 3, completionTokens: 0, totalTokens: 0 });
  });
});

describe('the pending turn', () => {
  const turn = {
    turnId: 't',
    state: 'sending' as const,
    messageSids: ['SM1'],
    combinedBody: 'Hi',
    firstReceivedAt: '2026-11-21T10:00:00.000Z',
    lastReceivedAt: '2026-11-21T10:00:01.000Z',
    media: [{ contentType: 'image/jpeg', ref: 'u' }],
    replyText: 'Hello',
    ending: {
      kind: 'hand_off' as const,
      rule: 'hand_off',
      reason: 'asked',
      setsOptOut: true,
      sendsParts: true,
    },
    usage: { promptTokens: 10, completionTokens: 5, totalTokens: 15, isMissing: true },
    model: 'm',
    providerRef: 'resp_1',
    parts: [{ text: 'a', sid: 'SM9', sendStartedAt: 's' }, { text: 'b' }],
    createdAt: '2026-11-21T10:00:02.000Z',
    v: 1,
  };

  test('what is written is read', () => {
    const item = storedItem({ pending_turn: pendingTurnData(turn) });
    expect(readPendingTurn(plainItem(item).pending_turn)).toEqual(turn);
  });

  test('one of the last release lacks what is new, and one without messages is none', () => {
    const old = {
      turn_id: 't',
      state: 'collected',
      message_sids: ['SM1'],
      combined_body: 'Hi',
      created_at: 'c',
    };
    expect(readPendingTurn(old)).toMatchObject({ parts: [], media: [], firstReceivedAt: 'c', v: 1 });
    expect(readPendingTurn({ turn_id: 't' })).toBeUndefined();
    expect(readPendingTurn('t')).toBeUndefined();
  });
});

describe('a staged row', () => {
  test('what is written is read; what is absent is not written', () => {
    const row = newStagedRow({
      media: [{ contentType: 'image/jpeg', ref: 'u' }],
      location: { latitude: '1', longitude: '2', address: undefined, label: 'Home' },
      button: { text: 'Yes', payload: 'y' },
      dueAtSeconds: 5,
      route: 'human',
    });
    expect(readStagedRow(stagedItem(row))).toEqual(row);
    expect(stagedItem(row)).toMatchObject({ due_shard: { N: '0' }, due_at: { N: '5' }, v: { N: '1' } });
    expect(stagedItem(newStagedRow())).not.toHaveProperty('due_shard');
  });

  test('replies 21: a row made by hand, with the mandatory attributes alone', () => {
    expect(readStagedRow(stagedByHand())).toEqual(newStagedRow());
  });

  test('replies 22: order of arrival, then of the sequence', () => {
    const at = (receivedAt: string, receivedSeq?: string) => newStagedRow({ receivedAt, receivedSeq });
    const [a, b, c] = [
      at('2026-11-21T10:00:00Z', '2'),
      at('2026-11-21T10:00:00.000Z', '3'),
      at('2026-11-21T09:59:59.999Z'),
    ];
    expect([a, b, c].sort(byArrival)).toEqual([c, a, b]);
  });
});
