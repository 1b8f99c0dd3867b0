import { expect, test } from 'vitest';
import { runThreads } from '../threads.ts';
import { mutants } from './mutants.ts';
import type { Scenario } from './schedule.ts';

/** A broken runtime, and the finding that must give it away. */
const FINDINGS: Readonly<Record<keyof typeof mutants, RegExp>> = {
  'marks-before-send': /^lost: part/,
  'no-ledger': /^decided: .* before a reply was stored/,
  'no-part-marks': /^repeated: .* without an unclear fault/,
  'no-done': /^repeated: .* without an unclear fault/,
  'ignores-decided': /^lost: part/,
  'ignores-own-lock': /^lost: .* for its own lock/,
  'keeps-lock': /^lost: .* while no other message was worked on/,
  'plain-overwrite': /^(decided|history): /,
  'no-groups': /^order: /,
  'forgets-reports': /^repeated: .* although it was reported/,
  'lock-never-expires': /^lock: .* (expired|expiry)/,
  'merge-forgets-events': /^(decided|history): /,
  'merge-reports-last': /^lost: /,
  'merge-marks-apart': /^(repeated|lost): /,
  'merge-mixes-order': /^order: /,
  'tells-again': /^told: /,
};

test.each(Object.keys(mutants))('the checker finds a runtime that is broken by %s', async (mutant) => {
  const mode: Scenario['mode'] | undefined = /^merge-/.test(mutant)
    ? 'merge'
    : ['tells-again', 'ignores-decided'].includes(mutant)
      ? 'drop'
      : undefined;
  const input = {
    exhaustive: false,
    total: 2000,
    firstSeed: 1,
    mutant,
    stopAtFirst: true,
    ...(mode && { sort: mode }),
  };
  const { tally } = await runThreads('bot', 1, input);
  const found = tally.failures.flatMap(({ violations }) => violations);
  expect(found.join('\n')).toMatch(new RegExp(FINDINGS[mutant]!.source, 'm'));
});

test.each(['7', '4711', 'fifo/whatsapp/resend/3/busy#9:die-after'])('schedule %s replays', async (only) => {
  const run = async () => {
    const { trace } = await runThreads('bot', 1, { exhaustive: false, total: 1, firstSeed: 1, only });
    // Log lines carry random trace ids.
    return trace.filter((line) => !line.includes(' log '));
  };
  const first = await run();
  expect(first.length).toBeGreaterThan(5);
  expect(await run()).toEqual(first);
});
