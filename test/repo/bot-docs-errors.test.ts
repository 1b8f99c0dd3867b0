import { expect, test } from 'vitest';
import { codeIn, section, tableRows } from './markdown.ts';
import { FILES_ALONE, printed, quotedBy, REPLIES_ALONE, spoken, userTexts } from './page-rules.ts';

/** What section 11 quotes is what the code says, and what the code says to a user is quoted there. */

const SOURCES = [
  'runtime/**/*.ts',
  'cli/**/*.ts',
  'modules/**/*.ts',
  'main.ts',
  'local/*.ts',
  'local/emulator/*.ts',
];
const text = spoken({ patterns: SOURCES, exclude: [...REPLIES_ALONE, ...FILES_ALONE] });
const said = printed(text);

const page = section('docs/bot.md', '11. Troubleshooting by error text');
const ours = page.slice(0, page.indexOf('### Not from hookline'));
const quoted = tableRows(ours, 'you see').map(([cell = '']) => codeIn(cell)[0] ?? '');

test('each quoted text occurs in the sources', () => {
  expect(quoted.length).toBeGreaterThan(80);
  for (const each of quoted) expect(said.includes(each), each).toBe(true);
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

const isQuoted = quotedBy(quoted);

test('each text that a user may meet is quoted', () => {
  const texts = userTexts(text).filter((each) => !NOT_FOR_USERS.includes(each));
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.filter((each) => !isQuoted(each))).toEqual([]);
});
