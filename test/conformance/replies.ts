import type { MakeClients } from './clients.ts';
import { defineAppendConformance } from './replies-append.ts';
import { defineConversationsConformance } from './replies-conversations.ts';
import { defineLeaseConformance } from './replies-lease.ts';
import { defineStageConformance } from './replies-stage.ts';
import { defineTriggerLockConformance } from './replies-trigger-lock.ts';

/** The suites of the reply engine's tables. */
export function defineRepliesConformance(
  name: string,
  makeClients: MakeClients,
  takesLargeItems: boolean,
): void {
  defineStageConformance(name, makeClients);
  defineTriggerLockConformance(name, makeClients);
  defineLeaseConformance(name, makeClients);
  defineAppendConformance(name, makeClients, takesLargeItems);
  defineConversationsConformance(name, makeClients);
}
