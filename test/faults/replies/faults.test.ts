import { beforeAll, expect, test } from 'vitest';
import { chosenFor } from '../chosen.ts';
import { writeReport } from '../report.ts';
import type { TallyData } from '../tally.ts';
import { runThreads } from '../threads.ts';
import { kindsFor } from './kinds.ts';
import { RARE_LABELS, TURN_LABELS } from './labels.ts';

const { only, isOther, total, seconds } = chosenFor('replies', 12_000);

let tally: TallyData = { schedules: 0, rows: [], failures: [] };
beforeAll(
  async () => {
    if (isOther) return;
    const input = { exhaustive: !only, total, seconds, firstSeed: 1, ...(only && { only }) };
    const result = await runThreads('replies', only ? 1 : 2, input);
    tally = result.tally;
    if (only) console.log(result.trace.join('\n'));
    else writeReport('dist/reports/faults-replies.md', tally);
  },
  Math.max(1_800_000, total * 100),
);

test('the guarantee holds in every schedule', () => {
  const broken = tally.failures.map(({ id, violations }) => `FAULT_SEED='${id}': ${violations.join('; ')}`);
  expect(broken.slice(0, 20)).toEqual([]);
});

test('at least 12,000 schedules ran, and every call of a turn, the webhook and the sweeper met every fault', () => {
  if (only || isOther) return;
  expect(tally.schedules).toBeGreaterThanOrEqual(Math.min(total, 12_000));
  const met = new Set(tally.rows.map(({ label, kind }) => `${label} ${kind}`));
  const wanted = TURN_LABELS.flatMap((label) => kindsFor(label).map((kind) => `${label} ${kind}`));
  expect(wanted.filter((pair) => !met.has(pair))).toEqual([]);
  const known = new Set<string>([...TURN_LABELS, ...RARE_LABELS, 'no fault']);
  expect(tally.rows.map(({ label }) => label).filter((label) => !known.has(label))).toEqual([]);
});
