import { expect, test } from 'vitest';
import { type Accepted, checkLoad, type LoadOutcome } from './check.ts';
import { planLoad } from './plan.ts';

const answer = (index: number, chatId = 'a', unclear?: string): Accepted => ({
  chatId,
  text: `You said: message #${index}#`,
  unclear,
});

const messages = [0, 1, 2].map((index) => ({ index, eventId: `e${index}`, chatId: 'a' }));

function kinds(changes: Partial<LoadOutcome>): string[] {
  const outcome = {
    messages,
    accepted: [answer(0), answer(1), answer(2)],
    visible: new Set<string>(),
    ignored: new Set<string>(),
    inOrder: true,
    ...changes,
  };
  return checkLoad(outcome).map((finding) => finding.split(':')[0] ?? '');
}

test('a load whose messages are answered once and in order has no findings', () => {
  expect(kinds({})).toEqual([]);
  const merged = { chatId: 'a', text: 'message #1#\nmessage #2#', unclear: undefined };
  expect(kinds({ accepted: [answer(0), merged] })).toEqual([]);
});

test('a message without an answer is lost, unless somebody sees it or it was ignored', () => {
  const accepted = [answer(0), answer(1)];
  expect(kinds({ accepted })).toEqual(['lost']);
  expect(kinds({ accepted, visible: new Set(['e2']) })).toEqual([]);
  expect(kinds({ accepted, ignored: new Set(['e2']) })).toEqual([]);
});

test('an answer may come again only after an unclear one', () => {
  const accepted = [answer(0), answer(1), answer(2), answer(2)];
  expect(kinds({ accepted })).toEqual(['repeated']);
  expect(kinds({ accepted: accepted.with(2, answer(2, 'a', 'lose-answer')) })).toEqual([]);
});

test('order and addressee are held', () => {
  expect(kinds({ accepted: [answer(1), answer(0), answer(2)] })).toEqual(['order']);
  expect(kinds({ accepted: [answer(1), answer(0), answer(2)], inOrder: false })).toEqual([]);
  expect(kinds({ accepted: [answer(0), answer(1), answer(2, 'b')] })).toEqual(['foreign']);
});

test('a seed always gives the same plan, with its shares of redeliveries and faults', () => {
  const settings = { seed: 7, users: 20, messages: 2000, redelivered: 0.05, faulty: 0.02 };
  const plan = planLoad(settings);
  expect(planLoad(settings)).toEqual(plan);
  expect(planLoad({ ...settings, seed: 8 })).not.toEqual(plan);
  const again = plan.filter(({ isAgain }) => isAgain).length;
  const faulty = plan.filter(({ message, isAgain }) => message.fault && !isAgain).length;
  expect([plan.length - again, new Set(plan.map(({ message }) => message.user)).size]).toEqual([2000, 20]);
  expect(again).toBeGreaterThan(60);
  expect(again).toBeLessThan(140);
  expect(faulty).toBeGreaterThan(20);
  expect(faulty).toBeLessThan(60);
});
