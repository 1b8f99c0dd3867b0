import { asNumber, asText, type JsonRecord } from '../../core/json.ts';
import type { LocalTable } from './local-table.ts';
import { type LockItem, type LockTable, mayTake, type TakeRequest, type TakeResult } from './lock-table.ts';

const lockOf = (item: JsonRecord | undefined): LockItem | undefined =>
  item && {
    ownerId: asText(item.owner_id) ?? '',
    expiresAtSeconds: asNumber(item.expiration_time) ?? 0,
    acquiredAtSeconds: asNumber(item.acquired_at),
  };

/** The lock on this machine's own tables, with the attributes that it has in DynamoDB. */
export class LocalLockTable implements LockTable {
  constructor(private readonly table: LocalTable) {}

  async take(request: TakeRequest): Promise<TakeResult> {
    const { key, ownerId: owner_id, expiresAtSeconds: expiration_time, nowSeconds: acquired_at } = request;
    return this.table.change<TakeResult>(key, (item) => {
      const held = lockOf(item);
      if (held && !mayTake(held, request)) return { item, result: { isTaken: false, item: held } };
      const taken = { execution_id: key, owner_id, expiration_time, acquired_at };
      return { item: taken, result: { isTaken: true, previousOwnerId: held?.ownerId } };
    });
  }

  async extend(key: string, ownerId: string, nowSeconds: number, expiresAtSeconds: number): Promise<boolean> {
    return this.table.change(key, (item) => {
      const held = lockOf(item);
      const result = held?.ownerId === ownerId && held.expiresAtSeconds > nowSeconds;
      return { item: result ? { ...item, expiration_time: expiresAtSeconds } : item, result };
    });
  }

  async remove(key: string, ownerId: string): Promise<boolean> {
    return this.table.change(key, (item) => {
      const result = lockOf(item)?.ownerId === ownerId;
      return { item: result ? undefined : item, result };
    });
  }

  async removeAny(key: string): Promise<LockItem | undefined> {
    return this.table.change(key, (item) => ({ item: undefined, result: lockOf(item) }));
  }

  async read(key: string): Promise<LockItem | undefined> {
    return lockOf(this.table.read(key));
  }
}
