import { expect, test } from 'vitest';
import { type Decided, runTurn, type TurnJournal, type TurnSteps } from '../../../runtime/core/turn.ts';

/** A journal of one new event that writes down what it is told. */
function newEvent() {
  const told: string[] = [];
  const journal: TurnJournal<string> = {
    claim: async () => ({ status: 'new' }),
    decide: async () => void told.push('decide'),
    partBegun: async () => void told.push('begun'),
    partAccepted: async () => void told.push('accepted'),
    finish: async () => void told.push('finish'),
    release: async () => void told.push('release'),
    fail: async ({ stage }) => {
      told.push(`fail ${stage}`);
      return 'given-back';
    },
  };
  return { told, journal };
}

const steps = (decide: TurnSteps<string>['decide']): TurnSteps<string, Decided<string>> => ({
  ambiguityPolicy: 'resend',
  settlesLater: false,
  decide,
  send: async () => 'id',
});

test('an event that a rule ignores gives its claim back and stores nothing', async () => {
  const { told, journal } = newEvent();
  const outcome = await runTurn(
    journal,
    steps(async () => ({ ignored: 'rate_limited' })),
  );
  expect(outcome).toEqual({ status: 'ignored', rule: 'rate_limited' });
  expect(told).toEqual(['release']);
});

test('a claim that cannot be given back is a failure, so the event comes back', async () => {
  const { told, journal } = newEvent();
  journal.release = () => Promise.reject(new Error('no table'));
  const turn = runTurn(
    journal,
    steps(async () => ({ ignored: 'rate_limited' })),
  );
  await expect(turn).rejects.toThrow('no table');
  expect(told).toEqual(['fail store']);
});
