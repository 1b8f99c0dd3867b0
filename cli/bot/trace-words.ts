import type { TraceStep } from '../../runtime/bot/trace/model.ts';

/** What a time line calls each step, in the terminal and on the dashboard. */
export const STEP_WORDS: Readonly<Record<TraceStep['kind'], string>> = {
  received: 'received',
  hand_off_failed: 'not handed off',
  handed_off: 'handed off',
  ignored: 'ignored',
  claimed: 'claimed',
  decided: 'decided',
  part_begun: 'begun',
  part_refused: 'not accepted',
  part_accepted: 'accepted',
  part_delivered: 'delivered',
  part_read: 'read',
  failed: 'failed',
  captured: 'captured',
  done: 'done',
  skipped: 'skipped',
  notice: 'notice',
  dead_letter: 'dead letter',
  delivery_failed: 'not delivered',
};
