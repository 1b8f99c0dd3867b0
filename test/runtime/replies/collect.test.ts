import { expect, test } from 'vitest';
import { collect, rowText, textForModel } from '../../../runtime/replies/collect.ts';
import type { StagedRow } from '../../../runtime/replies/staged.ts';
import { newStagedRow, USER } from './records.ts';

const row = (messageSid: string, body: string, more: Partial<StagedRow> = {}) =>
  newStagedRow({ messageSid, body, ...more });
const limits = { processedSids: new Set<string>(), primaryChannel: USER, maxChars: 10 };
const sids = (rows: readonly StagedRow[]) => rows.map(({ messageSid }) => messageSid);

test('rows are taken while their text fits, line breaks included', () => {
  const rows = [row('a', '1234'), row('b', '12345'), row('c', '1')];
  expect(sids(collect(rows, limits).rows)).toEqual(['a', 'b']);
  expect(sids(collect(rows, { ...limits, maxChars: 12 }).rows)).toEqual(['a', 'b', 'c']);
});

test('a turn takes one row at least, however long', () => {
  expect(sids(collect([row('a', 'x'.repeat(99)), row('b', 'y')], limits).rows)).toEqual(['a']);
});

test('rows of other routes are left alone; rows whose turn is over are named for deletion', () => {
  const rows = [row('a', '1', { route: 'human' }), row('b', '2'), row('c', '3', { route: 'opted_out' })];
  const collected = collect([...rows, row('d', '4')], { ...limits, processedSids: new Set(['b']) });
  expect(sids(collected.rows)).toEqual(['d']);
  expect(collected.leftOver).toEqual(['b']);
});

test("another user's row is for an operator, in whatever form the address is written", () => {
  expect(() => collect([row('a', '1', { primaryChannel: '+15005550007' })], limits)).toThrow('another user');
  expect(sids(collect([row('a', '1', { primaryChannel: `whatsapp:${USER}` })], limits).rows)).toEqual(['a']);
});

test('media and places are lines in brackets; a button counts as what was said', () => {
  const media = [{ contentType: 'image/jpeg', ref: 'https://api.twilio.com/m' }];
  const location = { latitude: '1.5', longitude: '2', label: 'Home', address: undefined };
  expect(rowText(row('a', '', { media }))).toBe('[media image/jpeg]');
  expect(rowText(row('a', 'Here', { media, location }))).toBe(
    'Here\n[location 1.5, 2; Home]\n[media image/jpeg]',
  );
  expect(rowText(row('a', '', { button: { text: 'Yes', payload: 'y' } }))).toBe('Yes');
});

test('text that is too long for the model is cut with a mark, never inside a character', () => {
  expect(textForModel('short', 10)).toBe('short');
  const cut = textForModel('😀'.repeat(100), 100);
  expect(cut).toMatch(/^😀+\n\[the message is longer and was cut here\]$/u);
  expect(cut.length).toBeLessThanOrEqual(100);
});
