import { MemoryDelivery } from '../../runtime/bot/testing/memory-delivery.ts';
import { memoryObjects } from '../../runtime/bot/testing/memory-objects.ts';
import { defineEventTableConformance } from './event-table.ts';
import { defineObjectStoreConformance } from './object-store.ts';

// The ports of hookline/testing behave as those that a deployed bot works on.
defineObjectStoreConformance('the memory of hookline/testing', async () => memoryObjects());
defineEventTableConformance(
  'the memory of hookline/testing',
  async (clock, ttlSeconds) => new MemoryDelivery(clock, ttlSeconds),
);
