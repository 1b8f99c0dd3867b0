import type { Metrics } from '../core/metrics.ts';

/** Metrics of the reply engine (contract replies §10). */
export type RepliesMetric =
  | 'TurnsCompleted'
  | 'ReplyLatencyMs'
  | 'ModelCalls'
  | 'ModelTokens'
  | 'DuplicateMessage'
  | 'DuplicateSendAvoided'
  | 'AmbiguousSend'
  | 'LeaseStolen'
  | 'Deferrals'
  | 'Handoffs'
  | 'OptOuts'
  | 'UnknownConversation'
  | 'StageOrphansSwept'
  | 'OldestStagedAgeSeconds'
  | 'InvalidSignatureCount'
  | 'SecretFetchFailedCount'
  | 'CredentialLookupNotFoundCount'
  | 'HeartbeatFailures'
  | 'DynamoDBFinalUpdateFailures'
  | 'ProjectInactive'
  | 'ChannelNotAllowed'
  | 'ArchivedEntryStatus';

export type RepliesMetrics = Metrics<RepliesMetric>;
