import { expect, test } from 'vitest';
import { HooklineError, SendError } from '../../../runtime/core/errors.ts';
import { retryDelaySeconds } from '../../../runtime/replies/retry-delay.ts';

const failure = new HooklineError('It failed', 'transient');
const delay = (receives: number, random = 0, error: unknown = failure) =>
  retryDelaySeconds(error, { receives, nowMillis: 0, random });

test('a failed trigger stays away for 30 s, doubled with each receive, 600 s at the most', () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((receives) => delay(receives))).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('chance takes up to a fifth off', () => {
  expect([0, 0.5, 1].map((random) => delay(2, random))).toEqual([60, 54, 48]);
});

test('a provider that asked for more gets it, up to 600 s', () => {
  const asks = (retryAfterSeconds: number) => new HooklineError('Later', 'transient', { retryAfterSeconds });
  expect([asks(5), asks(90), asks(100_000)].map((error) => delay(1, 0, error))).toEqual([30, 90, 600]);
});

test('after an unclear send it comes back when Twilio can be asked, 60 s after the send began', () => {
  const unclear = new SendError('Lost', 'unclear');
  const at = (nowMillis: number) =>
    retryDelaySeconds(unclear, { receives: 4, nowMillis, random: 1, unclearSinceMillis: 1_000_000 });
  expect([at(1_000_000), at(1_010_500), at(1_070_000)]).toEqual([60, 50, 1]);
});
