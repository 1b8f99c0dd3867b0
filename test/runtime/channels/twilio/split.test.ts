import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PART_UNITS, SMALL_PART_UNITS, splitReply } from '../../../../runtime/channels/twilio/split.ts';

const WORDS = 'lorem ipsum dolor sit amet consectetur '.repeat(200);
const FAMILY = '👩‍👩‍👧‍👦';

describe('splitReply', () => {
  it('leaves a short text as it is', () => {
    expect(splitReply('Hello\n\nYou')).toEqual(['Hello\n\nYou']);
    expect(splitReply('x'.repeat(1500))).toHaveLength(1);
    // Twilio refuses more than 1600, and some characters count twice.
    expect(splitReply('x'.repeat(1501))).toHaveLength(2);
    expect(splitReply('')).toEqual([]);
    expect(splitReply(' \n ')).toEqual([]);
  });

  it('makes three parts of 3500 characters, which together are the text', () => {
    for (const text of [
      WORDS.slice(0, 3500),
      'x'.repeat(3500),
      `${'One two. '.repeat(400)}`.slice(0, 3500),
    ]) {
      const parts = splitReply(text);
      expect(parts).toHaveLength(3);
      expect(parts.join('')).toBe(text);
      expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(MAX_PART_UNITS);
    }
  });

  it('prefers a paragraph, then a sentence, then a word', () => {
    const filler = (length: number) =>
      WORDS.slice(0, length - 1)
        .trim()
        .padEnd(length - 1, 'x');
    const paragraph = `${filler(900)}.\n\n${filler(500)}. ${filler(500)}`;
    expect(splitReply(paragraph)[0]).toMatch(/\.\n\n$/);
    const sentence = `${filler(900)}. ${filler(1000)}`;
    expect(splitReply(sentence)[0]).toMatch(/\. $/);
    expect(splitReply(WORDS.slice(0, 2000))[0]).toMatch(/\w $/);
  });

  it('never makes more parts for a nicer cut', () => {
    const text = Array.from({ length: 5 }, () => `${WORDS.slice(0, 798)}.\n`)
      .join('\n')
      .slice(0, 3500);
    expect(splitReply(text)).toHaveLength(3);
  });

  it.each([
    ['a smile', '😀'],
    ['a family', FAMILY],
    ['a flag', '🇸🇪'],
    ['a letter with two marks', 'e\u0301\u0323'],
    ['a thumb with a skin tone', '👍🏽'],
  ])('cuts between characters, not inside %s', (_name, character) => {
    for (const lead of ['', 'a', 'ab']) {
      const text = lead + character.repeat(900);
      const parts = splitReply(text);
      expect(parts.join('')).toBe(text);
      for (const part of parts.slice(1)) expect(part.startsWith(character)).toBe(true);
      for (const part of parts.slice(0, -1)) expect(part.endsWith(character)).toBe(true);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(MAX_PART_UNITS);
    }
  });

  it('cuts a character that has no end, but no surrogate pair', () => {
    const text = `e${'\u0301'.repeat(3999)}`;
    expect(splitReply(text).join('')).toBe(text);
    const joined = '👩\u200d'.repeat(2000);
    for (const part of splitReply(joined)) expect(part.isWellFormed()).toBe(true);
  });

  it('drops parts of blanks alone', () => {
    expect(splitReply(`${'x'.repeat(1500)}${' '.repeat(1600)}`).every((part) => part.trim())).toBe(true);
  });

  it('makes smaller ones when asked', () => {
    const parts = splitReply(WORDS.slice(0, 1500), SMALL_PART_UNITS);
    expect(parts).toHaveLength(3);
    expect(parts.join('')).toBe(WORDS.slice(0, 1500));
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(750);
  });
});

it('loses nothing, keeps to the limit and makes few parts, whatever the text', () => {
  const word = fc.constantFrom(
    'a',
    'words ',
    'Zoë. ',
    '\n\n',
    '\n',
    '😀',
    FAMILY,
    'x'.repeat(90),
    '你好。',
    ' ',
  );
  const texts = fc.array(word, { minLength: 1, maxLength: 600 }).map((words) => words.join(''));
  fc.assert(
    fc.property(texts, fc.constantFrom(MAX_PART_UNITS, SMALL_PART_UNITS), (text, limit) => {
      const parts = splitReply(text, limit);
      const blank = /\s/g;
      expect(parts.join('').replace(blank, '')).toBe(text.replace(blank, ''));
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(limit);
        expect(part.isWellFormed()).toBe(true);
        expect(part.startsWith('\u200d')).toBe(false);
      }
      expect(parts.length).toBeLessThanOrEqual(Math.ceil(text.length / (limit / 2)));
    }),
    { numRuns: 200 },
  );
});
