import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withoutComments } from './imports.ts';
import { codeIn, section, tableRows } from './markdown.ts';

/** What section 11 quotes is what the code says, and what the code says to a user is quoted there. */

const SOURCES = [
  'runtime/**/*.ts',
  'cli/**/*.ts',
  'modules/**/*.ts',
  'main.ts',
  'local/*.ts',
  'local/emulator/*.ts',
];
/** Parts of the reply engine alone: their texts stand on its own page. */
const NOT_THE_BOT = [
  '{runtime,cli,modules}/replies/**',
  'runtime/channels/twilio/**',
  'runtime/models/{anthropic,bedrock,open-model,openai-responses,prompts*,scripted,without-tools}.ts',
];

/** The sources as a reader of messages sees them: placeholders as …, texts over several lines as one. */
const spoken = globSync(SOURCES, { exclude: NOT_THE_BOT })
  .map((file) => withoutComments(readFileSync(file, 'utf8')))
  .map((text) => text.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…').replaceAll(/['`]\s*\+\s*['`]/g, ''))
  .join('\n');

const said = spoken.replaceAll('\\n', '\n').replaceAll("\\'", "'");

const page = section('docs/bot.md', '11. Troubleshooting by error text');
const ours = page.slice(0, page.indexOf('### Not from hookline'));
const quoted = tableRows(ours, 'you see').map(([cell = '']) => codeIn(cell)[0] ?? '');

test('each quoted text occurs in the sources', () => {
  expect(quoted.length).toBeGreaterThan(80);
  for (const text of quoted) expect(said.includes(text), text).toBe(true);
});

test('no text has two rows', () => {
  const cells = tableRows(ours, 'you see').map(([cell = '']) => cell);
  expect(cells.filter((cell, index) => cells.indexOf(cell) !== index)).toEqual([]);
});

/** Said to nobody but who works on hookline, or put together from texts that are quoted. */
const NOT_FOR_USERS = [
  'No free port.',
  'Expected one stack in ….',
  'The stand has no … bot.',
  'The request is too large.',
  'The page has no … #….',
  '… is not the address of an API.',
  'Two elements have the address ….',
  '…: …',
  '…: …: …',
  '… apply',
  '…',
];

/** Quoted word for word, or by a row that stands for several texts (`… is missing`). */
const patterns = quoted.map((text) => {
  const parts = text.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`);
});
const isQuoted = (text: string): boolean => patterns.some((pattern) => pattern.test(text));

test('each text that a user may meet is quoted', () => {
  const calls =
    /(?:new (?:\w*Error|Problem)|super|malformed|textAnswer|jsonAnswer|faults\.push|warnings\.push|command\.error)\(\s*(?:\d+,\s*)?\[?\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/g;
  const texts = [...spoken.matchAll(calls)]
    .map(([, , text = '']) => text.replaceAll("\\'", "'").split('\\n')[0] ?? '')
    .filter((text) => text !== '' && !NOT_FOR_USERS.includes(text));
  expect(texts.length).toBeGreaterThan(50);
  expect([...new Set(texts)].filter((text) => !isQuoted(text))).toEqual([]);
});
