import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Append } from './append.ts';
import type { WorkerConfig } from './config.ts';
import type { HumanQueue } from './handoff.ts';
import type { Lease, Leases } from './lease.ts';
import type { RepliesMetrics } from './metric-names.ts';
import type { Conversation } from './record.ts';
import type { StageTable } from './stage-table.ts';
import type { TriggerLock } from './trigger-lock.ts';

/** What a turn is worked with. */
export interface JournalPorts {
  readonly config: WorkerConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RepliesMetrics;
  readonly leases: Leases;
  readonly append: Append;
  readonly stage: StageTable;
  readonly triggerLock: TriggerLock;
  readonly humans: HumanQueue;
  /** 0 to 1. */
  random(): number;
}

/** The record as the lease found it, and what is known of the trigger. */
export interface Held {
  readonly lease: Lease;
  readonly conversation: Conversation;
  /** The user's address as the trigger names it. */
  readonly primaryChannel: string;
  /** How often the queue delivered the trigger. */
  readonly receives: number;
  readonly leaseSeconds: number;
}
