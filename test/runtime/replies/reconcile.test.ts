import { expect, test } from 'vitest';
import type { ListedMessage } from '../../../runtime/channels/twilio/list.ts';
import { findSent } from '../../../runtime/replies/reconcile.ts';

const STARTED = Date.parse('2026-11-21T10:00:00.500Z');
const part = { text: 'Hello', sendStartedMillis: STARTED };
const listed = (sid: string, more: Partial<ListedMessage> = {}): ListedMessage => ({
  sid,
  body: 'Hello',
  status: 'sent',
  createdMillis: Date.parse('2026-11-21T10:00:00Z'),
  ...more,
});

test('the message of an unclear send is the newest with its text that the record does not know', () => {
  const known = new Set(['SM2']);
  expect(findSent([listed('SM2'), listed('SM1')], part, known)).toBe('SM1');
  expect(findSent([listed('SM2')], part, known)).toBeUndefined();
  expect(findSent([], part, known)).toBeUndefined();
});

test('another text, and the same text from longer than 30 s before, are others', () => {
  expect(findSent([listed('SM1', { body: 'Hello!' })], part, new Set())).toBeUndefined();
  expect(findSent([listed('SM1', { createdMillis: STARTED - 30_001 })], part, new Set())).toBeUndefined();
  expect(findSent([listed('SM1', { createdMillis: STARTED - 30_000 })], part, new Set())).toBe('SM1');
});

test('blanks around a text that a provider may take off make no difference', () => {
  expect(findSent([listed('SM1')], { ...part, text: 'Hello \n' }, new Set())).toBe('SM1');
});
