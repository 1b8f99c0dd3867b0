import { describe, expect, it } from 'vitest';
import { world } from './support/harness.ts';
import { runLoad } from './support/load.ts';
import { loadTarget } from './support/load-target.ts';

/** Beyond the numbers that `newChat` gives. */
const FIRST_CHAT = 70_000;

const MAX_MILLIS = 8 * 60_000;

// Much of it is waiting: a send whose outcome is unclear comes back after a minute.
describe.concurrent('under load, with redeliveries and a failing provider', { timeout: MAX_MILLIS }, () => {
  it.each([
    { bot: 'telegram_drop', firstChat: FIRST_CHAT },
    { bot: 'whatsapp_merge', firstChat: FIRST_CHAT + 100 },
  ] as const)('$bot keeps the guarantee', async ({ bot, firstChat }) => {
    const settings = { seed: 4, users: 20, messages: 150, redelivered: 0.05, faulty: 0.04 };
    const options = { ...settings, firstChat, atOnce: 4, settleSeconds: 120 };
    const { findings, outcome } = await runLoad(options, loadTarget(bot, world()));
    expect(findings).toEqual([]);
    expect(outcome.messages).toHaveLength(150);
    // Few may have been ignored or refused: the load was worked on.
    expect(new Set(outcome.accepted.map(({ chatId }) => chatId)).size).toBe(20);
  });
});
