import { describe, expect, it, test } from 'vitest';
import { envelopeText } from '../../../runtime/bot/hand-off.ts';
import { batchesOf } from '../../../runtime/bot/hand-off-queue.ts';
import type { Job } from '../../../runtime/bot/job.ts';

const job = (chat: string, event: string, bytes = 0) =>
  ({ chat_id: chat, event_id: event, payload: { text: 'x'.repeat(bytes) } }) as unknown as Job;
const shape = (jobs: readonly Job[]) => batchesOf(jobs).map((batch) => batch.map((one) => one.event_id));

describe('batches', () => {
  it('hold at most 10 messages', () => {
    const jobs = Array.from({ length: 25 }, (_, index) => job(`chat${index}`, `${index}`));
    expect(batchesOf(jobs).map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  it('hold at most 1 MiB', () => {
    expect(shape([job('a', '1', 600_000), job('b', '2', 600_000), job('c', '3', 400_000)])).toEqual([
      ['1', '3'],
      ['2'],
    ]);
  });

  it('hold one message of a chat, and a later batch its next', () => {
    const jobs = [job('a', '1', 600_000), job('b', '2', 600_000), job('b', '3'), job('a', '4')];
    expect(shape(jobs)).toEqual([['1'], ['2', '4'], ['3']]);
  });
});

test('a job keeps characters that a queue does not take', () => {
  const said = { ...job('a', '1'), payload: { text: 'a\uFFFEb\uFFFF' } } as unknown as Job;
  expect(envelopeText(said)).not.toMatch(/[\uFFFE\uFFFF]/);
  expect(JSON.parse(envelopeText(said)).maws_job).toEqual(said);
});
