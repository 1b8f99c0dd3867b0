/** Who holds the lock of an execution. Times are epoch seconds by the clock of whoever reads it. */
export interface LockHolder {
  readonly ownerId: string;
  readonly expiresAtSeconds: number;
  /** Until its expiry; negative once it is past. */
  readonly secondsLeft: number;
  /** Since it was acquired; undefined for an item that does not say. */
  readonly ageSeconds: number | undefined;
}

export type AcquireResult =
  | {
      readonly acquired: true;
      readonly ownerId: string;
      readonly expiresAtSeconds: number;
      /** Owner of the expired lock that was taken over. */
      readonly tookOverFrom: string | undefined;
    }
  | { readonly acquired: false; readonly holder: LockHolder };

/** Who forces a lock open, and why; both stand in the log. */
export interface ForceRelease {
  readonly by: string;
  readonly reason: string;
}

/** What a function under a lock gets. */
export interface HeldLock {
  readonly ownerId: string;
  readonly tookOverFrom: string | undefined;
  /** Aborts with `LOCK_LOST` when the lock is lost; look at it between chunks. */
  readonly signal: AbortSignal;
  /** Throws `LOCK_LOST` when the lock is lost, by the clock too: a paused process sees it here first. */
  assertHeld(): void;
}

export interface WithLockOptions {
  /** Default: a random UUID. */
  readonly ownerId?: string;
  /** Done with each refresh of the lock; false means that the run must stop. */
  readonly beat?: () => Promise<boolean>;
}

/**
 * One worker an execution (contract files §3.2). Expiry is compared with the clock; a lock may be taken over one
 * margin, min(5 s, TTL/10), after it. Throws `AwsCallError` or a storage error when the lock store fails.
 */
export interface ExecutionLock {
  readonly ttlSeconds: number;
  /** Again by the same owner before the expiry: succeeds and extends. `ownerId` default: a random UUID. */
  acquire(executionId: string, ownerId?: string): Promise<AcquireResult>;
  /** False when it is absent or another's. */
  release(executionId: string, ownerId: string): Promise<boolean>;
  /** A new expiry, a TTL from now. False when it is absent, another's or expired: the run must stop. */
  refresh(executionId: string, ownerId: string): Promise<boolean>;
  inspect(executionId: string): Promise<LockHolder | undefined>;
  /** Opens anybody's lock; for operators. Returns who held it. */
  forceRelease(executionId: string, audit: ForceRelease): Promise<LockHolder | undefined>;
  /**
   * Runs `work` under the lock, with a heartbeat, and releases it. Throws `LockHeldError` when another holds it. A
   * failing release never masks the result.
   */
  withLock<T>(
    executionId: string,
    work: (held: HeldLock) => Promise<T>,
    options?: WithLockOptions,
  ): Promise<T>;
}
