import { describeError, errorClassOf } from '../core/errors.ts';
import { conversationFields } from './log-fields.ts';
import { timeMillis } from './record.ts';
import type { StagedRow } from './staged.ts';
import {
  postpone,
  type RunPorts,
  reportFailure,
  type SweepPorts,
  sweepConversation,
} from './sweep-conversation.ts';

/** Most rows that one run looks at; what is more is due again in a minute. */
const MAX_ROWS = 1000;
const PARALLEL = 5;
/** No conversation is begun with less time left than this. */
const RESERVE_MILLIS = 10_000;

/**
 * Finishes what a crash or a throttle left undone: one run of the sweeper, which comes every minute (contract
 * replies §3.3). Throws `RepliesError` when the due rows cannot be read.
 */
export async function sweep(ports: SweepPorts, remainingMillis: () => number): Promise<void> {
  const rows = await ports.stage.due(MAX_ROWS);
  ports.metrics.value('OldestStagedAgeSeconds', oldestAgeSeconds(rows, ports.clock.nowMillis()), 'Seconds');
  const waiting = byConversation(rows);
  const run = { ...ports, isFull: rows.length >= MAX_ROWS };
  const work = async () => {
    for (let next = waiting.pop(); next && remainingMillis() > RESERVE_MILLIS; next = waiting.pop())
      await sweepOne(next, run);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

/** One conversation's failure is no other's. */
async function sweepOne(rows: readonly StagedRow[], ports: RunPorts): Promise<void> {
  try {
    await sweepConversation(rows, ports);
  } catch (error) {
    const ref = conversationFields(rows[0]?.conversationId ?? '', ports.config);
    reportFailure(error, ports.log.with({ ...ref, rows: rows.length }));
    // What fails at every look must not come first at every look.
    if (errorClassOf(error) === 'transient') return;
    await postpone(rows, ports).catch((cause: unknown) => {
      ports.log.warn('rows_not_postponed', { ...ref, error: describeError(cause) });
    });
  }
}

/** Oldest last, as they are taken from the end. */
const byConversation = (rows: readonly StagedRow[]): StagedRow[][] =>
  [...Map.groupBy(rows, (row) => `${row.primaryChannel} ${row.conversationId}`).values()].reverse();

function oldestAgeSeconds(rows: readonly StagedRow[], nowMillis: number): number {
  const ages = rows.map(({ receivedAt }) => nowMillis - (timeMillis(receivedAt) ?? nowMillis));
  return Math.max(0, ...ages) / 1000;
}
