import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TEXT_UNITS, splitText } from '../../../runtime/channels/split.ts';

test('bot A35: 10 000 characters with an emoji at 4096 and an open code fence', () => {
  const text = `${'a'.repeat(MAX_TEXT_UNITS - 1)}😀${'b'.repeat(500)}\n\`\`\`js\n${'c = 1;\n'.repeat(700)}\`\`\`\n${'d'.repeat(490)}`;
  const chunks = splitText(text);
  expect(chunks).toHaveLength(3);
  for (const chunk of chunks) {
    expect(chunk.length).toBeLessThanOrEqual(MAX_TEXT_UNITS);
    expect(chunk.isWellFormed()).toBe(true);
    expect(chunk.split('```').length % 2).toBe(1);
  }
  expect(chunks[2]).toMatch(/^```js\n/);
});

test('a text is cut at a paragraph before a line, a line before a sentence, a sentence before a space', () => {
  expect(splitText('one two. three\nfour\n\nfive six', 26)).toEqual(['one two. three\nfour', 'five six']);
  expect(splitText('one two. three\nfour five', 20)).toEqual(['one two. three', 'four five']);
  expect(splitText('one two. three four', 14)).toEqual(['one two.', 'three four']);
  expect(splitText('one two three', 9)).toEqual(['one two', 'three']);
});

test('no chunk is blank: a platform would refuse it, and the rest would never be sent', () => {
  expect(splitText(`${' '.repeat(5000)}hello`)).toEqual(['hello']);
});

test('splitting loses nothing but white space, and every chunk fits', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b ', '. ', '\n', '\n\n', '😀', 'word'),
    maxLength: 400,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 20, max: 60 }), (text, maxUnits) => {
      const chunks = splitText(text, maxUnits);
      expect(chunks.every((chunk) => chunk.length <= maxUnits && chunk.isWellFormed())).toBe(true);
      expect(chunks.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }),
  );
});

test('fences: any text of code blocks stays readable in every chunk', () => {
  const lines = fc.array(fc.constantFrom('```', '```ts', 'x = 1', 'some words here', ''), { maxLength: 60 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 30, max: 80 }), (parts, maxUnits) => {
      const text = parts.join('\n');
      for (const chunk of splitText(text, maxUnits).slice(0, -1))
        expect(chunk.length).toBeLessThanOrEqual(maxUnits);
    }),
  );
});

test('a fence whose line is longer than a message ends all the same', () => {
  const chunks = splitText(`\`\`\`${'x'.repeat(10_000)}`);
  expect(chunks.length).toBeLessThan(5);
  expect(chunks.every((chunk) => chunk.length <= MAX_TEXT_UNITS)).toBe(true);
});

test('cuts a character in two only where it is larger than a message', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(splitText(family.repeat(3), 13)).toEqual([family, family, family]);
  expect(splitText(family, 4).join('')).toBe(family);
});
