import type { Clock } from '../../core/clock.ts';
import type { Delivery, DeliveryKey, DeliveryTable } from '../delivery.ts';

interface Item {
  readonly chatId: string;
  done: boolean;
  readonly accepted: Set<number>;
  readonly refused: Set<number>;
  attempts: number;
  errorTold: boolean;
  expiresAtMillis: number;
}

/** Delivery items in this process. Passes the conformance suite of the ones in DynamoDB. */
export class MemoryDelivery implements DeliveryTable {
  private readonly items = new Map<string, Item>();

  constructor(
    private readonly clock: Clock,
    private readonly ttlSeconds: number,
  ) {}

  async read(key: DeliveryKey): Promise<Delivery> {
    const item = this.live(key);
    return {
      done: item?.done ?? false,
      accepted: new Set(item?.accepted),
      refused: new Set(item?.refused),
    };
  }

  async reserve(key: DeliveryKey): Promise<boolean> {
    const standing = this.items.get(idOf(key));
    if (standing && (standing.chatId !== key.chatId || !this.live(key))) return false;
    this.touch(key);
    return true;
  }

  async doneAmong(provider: string, eventIds: readonly string[]): Promise<readonly string[]> {
    return eventIds.filter((eventId) => this.live({ provider, eventId })?.done);
  }

  async accepted(key: DeliveryKey, part: number): Promise<void> {
    this.touch(key).accepted.add(part);
  }

  async reported(key: DeliveryKey, part: number): Promise<void> {
    this.touch(key).accepted.add(part);
  }

  async failed(key: DeliveryKey, refusedPart: number | undefined): Promise<number> {
    const item = this.touch(key);
    if (refusedPart !== undefined) item.refused.add(refusedPart);
    item.attempts += 1;
    return item.attempts;
  }

  async markErrorTold(key: DeliveryKey): Promise<boolean> {
    const item = this.touch(key);
    if (item.errorTold || item.done || item.accepted.has(1)) return false;
    item.errorTold = true;
    return true;
  }

  async unrefuse(key: DeliveryKey, part: number): Promise<void> {
    this.touch(key).refused.delete(part);
  }

  /** There are no locks here, so none is freed. */
  async done(key: DeliveryKey, last: Parameters<DeliveryTable['done']>[1]): Promise<boolean> {
    const item = this.touch(key);
    item.done = true;
    if (last) item.accepted.add(last.part);
    return false;
  }

  private live(key: Pick<DeliveryKey, 'provider' | 'eventId'>): Item | undefined {
    const item = this.items.get(idOf(key));
    return item && item.expiresAtMillis >= this.clock.nowMillis() ? item : undefined;
  }

  /** The item, made when it is missing; every write prolongs its life. */
  private touch(key: DeliveryKey): Item {
    const item = this.items.get(idOf(key)) ?? emptyItem(key.chatId);
    item.expiresAtMillis = this.clock.nowMillis() + this.ttlSeconds * 1000;
    this.items.set(idOf(key), item);
    return item;
  }
}

const idOf = ({ provider, eventId }: Pick<DeliveryKey, 'provider' | 'eventId'>) => `${provider}:${eventId}`;

const emptyItem = (chatId: string): Item => ({
  chatId,
  done: false,
  accepted: new Set(),
  refused: new Set(),
  attempts: 0,
  errorTold: false,
  expiresAtMillis: 0,
});
