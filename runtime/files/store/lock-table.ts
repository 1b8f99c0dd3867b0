/** A lock as it is stored. Times are epoch seconds. */
export interface LockItem {
  readonly ownerId: string;
  readonly expiresAtSeconds: number;
  readonly acquiredAtSeconds: number | undefined;
}

export interface TakeRequest {
  readonly key: string;
  readonly ownerId: string;
  readonly nowSeconds: number;
  readonly expiresAtSeconds: number;
  /** A lock that expired by then is anybody's: now less one margin. */
  readonly expiredBySeconds: number;
}

export type TakeResult =
  | { readonly isTaken: true; readonly previousOwnerId: string | undefined }
  | { readonly isTaken: false; readonly item: LockItem };

/** Conditional writes under the lock; each is one call. */
export interface LockTable {
  take(request: TakeRequest): Promise<TakeResult>;
  /** Only for its owner, before the expiry. */
  extend(key: string, ownerId: string, nowSeconds: number, expiresAtSeconds: number): Promise<boolean>;
  remove(key: string, ownerId: string): Promise<boolean>;
  /** Whoever holds it; returns what stood there. */
  removeAny(key: string): Promise<LockItem | undefined>;
  read(key: string): Promise<LockItem | undefined>;
}

/** The condition of `take`: absent, expired for everybody, or one's own and alive. */
export const mayTake = (item: LockItem | undefined, request: TakeRequest): boolean =>
  item === undefined ||
  item.expiresAtSeconds <= request.expiredBySeconds ||
  (item.ownerId === request.ownerId && item.expiresAtSeconds > request.nowSeconds);
