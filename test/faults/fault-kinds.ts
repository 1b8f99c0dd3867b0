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
  | 'html-done'
  /** Duplicate delivery: the queue gives the message that is worked on out again, at this moment. */
  | 'redeliver'
  /** The process stands still for minutes, and then goes on as if nothing had been. */
  | 'freeze'
  /** The provider's callbacks for all that it accepted come while this call is on its way, and are dealt with first. */
  | 'report'
  /** A person takes the conversation over at this moment. */
  | 'takeover'
  /** The user writes again at this moment. */
  | 'message'
  /** The user writes STOP at this moment. */
  | 'stop'
  /** The service answers 500; not done. */
  | 'broken'
  /** The service answers 500, but it was done. */
  | 'broken-done'
  /** The model's account has no quota left. */
  | 'quota'
  /** The provider says that the user has opted out. */
  | 'unsubscribed'
  /** The provider finds the text too long. */
  | 'too-long'
  /** The store takes only some requests of a batch. */
  | 'unprocessed';

/** The provider delivers again. */
export const DUPLICATES = ['duplicate', 'duplicate-late'] as const;

/** What can befall any AWS call. */
export const AWS_KINDS = [
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
