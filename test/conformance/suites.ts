import type { MakeClients } from './clients.ts';
import { defineEventTableConformance } from './event-table.ts';
import { defineJournalConformance } from './journal.ts';
import { defineLockConformance } from './lock.ts';
import { defineObjectStoreConformance } from './object-store.ts';
import { defineQueueConformance } from './queue.ts';

/** Every port's suite against one back end. */
export function defineConformance(name: string, makeClients: MakeClients): void {
  let clients: ReturnType<MakeClients> | undefined;
  const shared: MakeClients = () => {
    clients ??= makeClients();
    return clients;
  };
  defineLockConformance(name, shared);
  defineObjectStoreConformance(name, shared);
  defineEventTableConformance(name, shared);
  defineQueueConformance(name, shared);
  defineJournalConformance(name, shared);
}
