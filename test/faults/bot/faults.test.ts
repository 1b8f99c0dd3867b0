import { beforeAll, expect, test } from 'vitest';
import { chosenFor } from '../chosen.ts';
import { writeReport } from '../report.ts';
import type { TallyData } from '../tally.ts';
import { runThreads } from '../threads.ts';
import { kindsFor } from './kinds.ts';

const { only, isOther, total, seconds } = chosenFor('bot', 20_000);

/** Every call of a turn, those of its failures included. */
const LABELS = [
  'ingress GetParameter',
  'ingress Invoke',
  'ingress SendMessage',
  'ingress SendMessageBatch',
  'ingress UpdateItem event',
  'mapping DeleteMessage',
  'worker ChangeMessageVisibility',
  'worker DeleteItem lock',
  'worker GetItem event',
  'worker GetObject history',
  'worker GetParameter',
  'worker POST media',
  'worker POST message',
  'worker PutObject captured',
  'worker PutObject history',
  'worker TransactWriteItems',
  'worker UpdateItem event',
  'worker UpdateItem lock',
  'worker agent',
];

let tally: TallyData = { schedules: 0, rows: [], failures: [] };
beforeAll(
  async () => {
    if (isOther) return;
    const input = { exhaustive: !only, total, seconds, firstSeed: 1, ...(only && { only }) };
    const result = await runThreads('bot', only ? 1 : 2, input);
    tally = result.tally;
    if (only) console.log(result.trace.join('\n'));
    else writeReport('dist/reports/faults.md', tally);
  },
  Math.max(1_800_000, total * 50),
);

test('the guarantee holds in every schedule', () => {
  const broken = tally.failures.map(({ id, violations }) => `FAULT_SEED='${id}': ${violations.join('; ')}`);
  expect(broken.slice(0, 20)).toEqual([]);
});

test('at least 20,000 schedules ran, and every call of a turn met every fault', () => {
  if (only || isOther) return;
  expect(tally.schedules).toBeGreaterThanOrEqual(Math.min(total, 20_000));
  const met = new Set(tally.rows.map(({ label, kind }) => `${label} ${kind}`));
  const wanted = LABELS.flatMap((label) => {
    const modes =
      label === 'ingress Invoke' || label.includes('lock') ? (['drop'] as const) : (['fifo'] as const);
    return modes.flatMap((mode) => kindsFor(label, mode).map((kind) => `${label} ${kind}`));
  });
  expect(wanted.filter((pair) => !met.has(pair))).toEqual([]);
  const unknown = tally.rows.map(({ label }) => label).filter((label) => !LABELS.includes(label));
  expect(unknown.filter((label) => label !== 'no fault')).toEqual([]);
});
