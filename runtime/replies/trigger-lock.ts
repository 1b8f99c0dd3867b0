/** One trigger a batching window. Only an optimisation: nothing depends on it being right (contract replies §4.5). */
export interface TriggerLock {
  /** Takes the lock if there is none, or one whose time is over by the clock. Undefined when it is taken. */
  acquire(conversationId: string, seconds: number): Promise<LockToken | undefined>;
  /** Puts the lock whatever stands there. */
  put(conversationId: string, seconds: number): Promise<LockToken>;
  /** Frees the lock if it is this one. */
  release(lock: LockToken): Promise<void>;
  /** Frees the lock, whosever it is. */
  clear(conversationId: string): Promise<void>;
  /** Whether a lock stands there that is not over. */
  isLive(conversationId: string): Promise<boolean>;
}

export interface LockToken {
  readonly conversationId: string;
  readonly token: string;
}
