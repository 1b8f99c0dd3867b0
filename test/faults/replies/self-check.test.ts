import { expect, test } from 'vitest';
import { runThreads } from '../threads.ts';
import { mutants } from './mutants.ts';

/** A broken runtime, and the finding that must give it away. */
const FINDINGS: Readonly<Record<keyof typeof mutants, RegExp>> = {
  'no-fence': /^(lease|repeated|decided): /,
  'marks-before-send': /^lost: part .* (never arrived|is not in the record)/,
  'no-reconciliation': /^repeated: /,
  'no-checkpoint': /^decided: the model was asked again/,
  'lock-deleted-after-read': /^lost: .* needs the sweeper/,
  'rows-deleted-early': /^lost: .* neither recorded nor staged/,
  'no-sid-dedupe': /^decided: .* is in 2 entries/,
  'sweeper-ignores-leases': /^sweeper: /,
  'lease-never-expires': /^stuck: /,
  'keeps-lease': /^stuck: .* lock_owner/,
  'tells-person-last': /^lost: no person was told of turn/,
  'no-last-look': /^(opted-out|taken-over): /,
  'ignores-callbacks': /^(repeated: .* although it was reported|decided: .* what became of none)/,
  'forgets-unclear-sends': /^repeated: .* although Twilio's list had it/,
  'mixes-order': /^order: the messages of turn/,
  'appends-again': /^decided: .* entries/,
  'lock-never-expires': /^(stuck|lost): /,
};

/** Schedules among which such a runtime is found soon. */
const SORTS: Readonly<Record<string, string>> = {
  'lock-deleted-after-read': 'unswept',
  'ignores-callbacks': 'unclear',
  'forgets-unclear-sends': 'unclear',
};

test.each(Object.keys(mutants))('the checker finds a runtime that is broken by %s', async (mutant) => {
  const input = {
    exhaustive: false,
    total: 3000,
    firstSeed: 1,
    mutant,
    stopAtFirst: true,
    ...(mutant in SORTS && { sort: SORTS[mutant]! }),
  };
  const { tally } = await runThreads('replies', 1, input);
  const found = tally.failures.flatMap(({ violations }) => violations);
  expect(found.join('\n')).toMatch(new RegExp(FINDINGS[mutant]!.source, 'm'));
});

test.each(['replies/7', 'replies/4711', 'replies/burst#9:die-after'])('schedule %s replays', async (only) => {
  const run = async () => {
    const { trace } = await runThreads('replies', 1, { exhaustive: false, total: 1, firstSeed: 1, only });
    // Log lines carry random trace ids.
    return trace.filter((line) => !line.includes(' log '));
  };
  const first = await run();
  expect(first.length).toBeGreaterThan(5);
  expect(await run()).toEqual(first);
});
