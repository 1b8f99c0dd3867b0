import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REPLY_SCHEMA, readReply, type Verdict } from '../../../runtime/replies/reply-output.ts';

const read = (text: string, format: 'auto' | 'json' | 'text' = 'auto') =>
  readReply({ text, finishReason: 'stop' }, format);

const reply = (text: string, isPlain = false): Verdict => ({ kind: 'reply', text, isPlain });
const REPAIR: Verdict = { kind: 'repair' };

describe('the model’s text', () => {
  test.each<[string, Verdict, Verdict, Verdict]>([
    // text, auto, json, text
    ['{"content":"Hello"}', reply('Hello'), reply('Hello'), reply('{"content":"Hello"}')],
    ['Hello', reply('Hello', true), REPAIR, reply('Hello')],
    [' Hello\n', reply('Hello', true), REPAIR, reply('Hello')],
    ['{"foo":1}', REPAIR, REPAIR, reply('{"foo":1}')],
    ['{"content":" "}', REPAIR, REPAIR, reply('{"content":" "}')],
    ['{"content":5}', REPAIR, REPAIR, reply('{"content":5}')],
    ['{"content":"Hel', REPAIR, REPAIR, reply('{"content":"Hel')],
    ['["Hello"]', REPAIR, REPAIR, reply('["Hello"]')],
    ['42', REPAIR, REPAIR, reply('42')],
    ['', REPAIR, REPAIR, REPAIR],
    ['  ', REPAIR, REPAIR, REPAIR],
    [
      '```json\n{"content":"Hello"}\n```',
      reply('Hello'),
      reply('Hello'),
      reply('```json\n{"content":"Hello"}\n```'),
    ],
    [
      'Here:\n```\n{"content":"Hi"}\n```',
      reply('Hi'),
      reply('Hi'),
      reply('Here:\n```\n{"content":"Hi"}\n```'),
    ],
  ])('%j is read by auto, json and text', (text, auto, json, plain) => {
    expect([read(text, 'auto'), read(text, 'json'), read(text, 'text')]).toEqual([auto, json, plain]);
  });

  test.each<[object, Verdict]>([
    [
      { content: 'A draft', hand_off_to_human: true, hand_off_to_human_reason: 'wants a person' },
      { kind: 'hand_off', draft: 'A draft', reason: 'wants a person' },
    ],
    [
      { content: '', hand_off_to_human: true, hand_off_to_human_reason: ' ' },
      { kind: 'hand_off', draft: '', reason: undefined },
    ],
    [
      { content: 'Hi', hand_off_to_human: false, hand_off_to_human_reason: null, task_complete: 1 },
      { kind: 'reply', text: 'Hi', isPlain: false, isComplete: true },
    ],
    // What is not plainly a no is a yes; a hand-off without any text for the user is none of the agreed shape.
    [
      { content: 'Hi', hand_off_to_human: 'true' },
      { kind: 'hand_off', draft: 'Hi', reason: undefined },
    ],
    [{ content: 'Hi', hand_off_to_human: 'false' }, reply('Hi')],
    [{ hand_off_to_human: true }, REPAIR],
  ])('%j hands off, or not', (value, verdict) => {
    expect(read(JSON.stringify(value))).toEqual(verdict);
  });

  test.each([
    ['refusal', { kind: 'unusable', why: 'the model refused to answer' }],
    ['filtered', { kind: 'unusable', why: 'the provider withheld the answer' }],
    ['tools', { kind: 'unusable', why: 'the model asked for a tool, and there are none' }],
    ['length', { kind: 'cut' }],
    ['other', reply('Hello')],
  ] as const)('that ended by %s counts accordingly, whatever it says', (finishReason, verdict) => {
    for (const format of ['auto', 'json'] as const)
      expect(readReply({ text: '{"content":"Hello"}', finishReason }, format)).toEqual(verdict);
  });

  test('can be anything, and a reply is never blank', () => {
    const formats = fc.constantFrom('auto' as const, 'json' as const, 'text' as const);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), formats, (text, format) => {
        const verdict = read(text, format);
        if (verdict.kind === 'reply') expect(verdict.text.trim()).not.toBe('');
      }),
    );
  });
});

test('the schema is one that strict output accepts', () => {
  const { properties, required, additionalProperties } = REPLY_SCHEMA;
  expect(Object.keys(properties as object)).toEqual(required);
  expect(additionalProperties).toBe(false);
});
