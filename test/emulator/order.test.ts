import { expect, it } from 'vitest';
import { world } from './support/harness.ts';
import { runLoad } from './support/load.ts';
import { loadTarget } from './support/load-target.ts';

/** Beyond the numbers that `newChat` gives and those of the load tests. */
const FIRST_CHAT = 70_200;

/** LocalStack starts a container for each function that works at once. */
const MAX_MILLIS = 8 * 60_000;

it('telegram_fifo answers every chat in its order', { timeout: MAX_MILLIS }, async () => {
  // LocalStack works groups in parallel, so it shows more.
  const size = world().backend === 'localstack' ? { users: 20, messages: 200 } : { users: 10, messages: 60 };
  const settings = { seed: 5, ...size, redelivered: 0.05, faulty: 0 };
  const options = { ...settings, firstChat: FIRST_CHAT, atOnce: 4, settleSeconds: 120 };
  const { findings, outcome } = await runLoad(options, loadTarget('telegram_fifo', world()));
  expect(findings).toEqual([]);
  expect([outcome.visible.size, outcome.accepted.length]).toEqual([0, size.messages]);
});
