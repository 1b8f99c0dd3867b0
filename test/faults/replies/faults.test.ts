import { beforeAll, expect, test } from 'vitest';
import { writeReport } from '../report.ts';
import type { TallyData } from '../tally.ts';
import { runThreads } from '../threads.ts';

const total = Number(process.env.FAULT_SCHEDULES ?? 6000);
const only = process.env.FAULT_SEED;
let tally: TallyData;
beforeAll(async () => {
  const input = { exhaustive: !only, total, firstSeed: 1, ...(only && { only }) };
  const result = await runThreads('replies', only ? 1 : 2, input);
  tally = result.tally;
  if (only) console.log(result.trace.join('\n'));
  else writeReport('dist/reports/faults-replies.md', tally);
}, 1_800_000);

test('the guarantee holds in every schedule', () => {
  const broken = tally.failures.map(({ id, violations }) => `FAULT_SEED='${id}': ${violations.join('; ')}`);
  expect(broken.slice(0, 20)).toEqual([]);
});
