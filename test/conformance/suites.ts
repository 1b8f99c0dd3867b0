import { dynamoDelivery } from '../../runtime/bot/delivery.ts';
import { dynamoLock } from '../../runtime/core/lock.ts';
import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { s3ObjectVersions } from '../../runtime/core/object-versions.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { MakeClients } from './clients.ts';
import { defineEventTableConformance } from './event-table.ts';
import { defineFilesConformance } from './files.ts';
import { defineJournalConformance } from './journal.ts';
import { defineLockConformance } from './lock.ts';
import { defineObjectStoreConformance } from './object-store.ts';
import { defineQueueConformance } from './queue.ts';
import { defineRepliesConformance } from './replies.ts';

/** Every port's suite against one back end; `takesLargeItems`: whether it stores items of up to 400 KB, as AWS does. */
export function defineConformance(name: string, makeClients: MakeClients, takesLargeItems = true): void {
  let clients: ReturnType<MakeClients> | undefined;
  const shared: MakeClients = () => {
    clients ??= makeClients();
    return clients;
  };
  defineLockConformance(name, shared);
  defineObjectStoreConformance(
    name,
    async () => {
      const { s3, bucket } = await shared();
      return s3ObjectStore(s3, bucket, new FakeClock());
    },
    async () => {
      const { s3, bucket } = await shared();
      return s3ObjectVersions(s3, bucket, new FakeClock());
    },
  );
  defineEventTableConformance(
    name,
    async (clock, ttlSeconds) => {
      const { dynamodb, tableName } = await shared();
      return dynamoDelivery(dynamodb, tableName, clock, ttlSeconds);
    },
    async (clock) => {
      const { dynamodb, tableName } = await shared();
      return dynamoLock(dynamodb, tableName, clock);
    },
  );
  defineQueueConformance(name, shared);
  defineJournalConformance(name, shared);
  defineRepliesConformance(name, shared, takesLargeItems);
  defineFilesConformance(name, shared);
}
