import type { Scenario } from './schedule.ts';

/** What may go wrong with one call. The first words of each comment are those of the design's list. */
export type FaultKind =
  /** Fails before: not done, once. */
  | 'fail'
  /** Fails before, on this and every further try of the invocation. */
  | 'down'
  /** Fails before, on this and every such call of anyone for ten minutes: longer than all retries. */
  | 'outage'
  /** Effect done but answer lost, once. */
  | 'lost'
  /** Effect done but answer lost, on this and every further try of the invocation. */
  | 'lost-down'
  /** Process dies before the call is done. */
  | 'die'
  /** Process dies after the call was done. */
  | 'die-after'
  | 'throttle'
  /** Timeout: no answer until the caller's or the function's time is up; not done. */
  | 'timeout'
  /** Timeout, but it was done. */
  | 'timeout-done'
  /** Duplicate delivery: the provider delivers the webhook again at this moment. */
  | 'duplicate'
  /** Duplicate delivery, after the queue's deduplication window. */
  | 'duplicate-late'
  /** Duplicate delivery: Lambda runs the asynchronous event a second time, at this moment. */
  | 'duplicate-run'
  /** Two writers meet; not done. */
  | 'conflict'
  /** The queue takes only some messages of a batch. */
  | 'partial'
  /** The provider refuses for good. */
  | 'refuse'
  /** The provider does not know the token. */
  | 'expired'
  /** A proxy answers with HTML; not done. */
  | 'html'
  /** A proxy answers with HTML, but it was done. */
  | 'html-done';

const DUPLICATES = ['duplicate', 'duplicate-late'] as const;
const AWS_KINDS = [
  'fail',
  'down',
  'outage',
  'lost',
  'lost-down',
  'die',
  'die-after',
  'throttle',
  'timeout',
  'timeout-done',
  ...DUPLICATES,
] as const;
const SEND_KINDS = [...AWS_KINDS, 'refuse', 'expired', 'html', 'html-done'] as const;
const AGENT_KINDS = ['fail', 'outage', 'die', 'timeout', ...DUPLICATES] as const;

/** The faults that can befall a call. */
export function kindsFor(label: string, mode: Scenario['mode']): readonly FaultKind[] {
  if (label === 'mapping DeleteMessage') return ['fail'];
  const kinds = [...baseKinds(label)];
  if (/UpdateItem|TransactWrite|DeleteItem|PutObject history/.test(label)) kinds.push('conflict');
  if (label.endsWith('SendMessageBatch')) kinds.push('partial');
  return mode === 'drop' && label.startsWith('worker') ? [...kinds, 'duplicate-run'] : kinds;
}

function baseKinds(label: string): readonly FaultKind[] {
  if (label.includes(' POST ')) return SEND_KINDS;
  return label.endsWith('agent') ? AGENT_KINDS : AWS_KINDS;
}

/** Kinds after which the caller cannot know whether a send was done. */
export const UNCLEAR_KINDS: ReadonlySet<FaultKind> = new Set([
  'lost',
  'lost-down',
  'die',
  'die-after',
  'timeout',
  'timeout-done',
  'html',
  'html-done',
]);
