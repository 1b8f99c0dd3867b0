import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Append } from './append.ts';
import type { WebhookConfig } from './config.ts';
import type { Conversations } from './conversations.ts';
import type { Deliveries } from './deliveries.ts';
import type { HumanQueue } from './handoff.ts';
import type { RepliesMetrics } from './metric-names.ts';
import type { Secrets, TwilioCredentials } from './secrets.ts';
import type { StageTable } from './stage-table.ts';
import type { TriggerQueue } from './trigger.ts';
import type { TriggerLock } from './trigger-lock.ts';

/** What the webhook function works with. Its log is bound to the request. */
export interface WebhookPorts {
  readonly config: WebhookConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RepliesMetrics;
  readonly conversations: Conversations;
  readonly secrets: Secrets;
  readonly stage: StageTable;
  readonly locks: TriggerLock;
  readonly triggers: TriggerQueue;
  readonly humans: HumanQueue;
  readonly append: Append;
  readonly deliveries: Deliveries;
  readonly notices: Notices;
}

/** A text of our own for a user, outside of every turn. Addresses without a prefix. */
export interface Notice {
  readonly credentials: TwilioCredentials;
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

export interface Notices {
  /** One try of a few seconds. Throws a `SendError`. */
  send(notice: Notice): Promise<void>;
}
