import type { Graph } from '../parts/dashboard.ts';
import type { Names } from './names.ts';

/** What the dashboard shows (contract replies §10). */
export function repliesGraphs(names: Names): readonly Graph[] {
  const functions = [names.webhook, names.worker, names.sweeper];
  const ofFunctions = (metric: string) =>
    functions.map((name) => ['AWS/Lambda', metric, 'FunctionName', name]);
  const ofQueue = (metric: string, name: string) => ['AWS/SQS', metric, 'QueueName', name];
  const own = (...metrics: readonly string[]) => metrics.map((metric) => [names.metricsNamespace, metric]);
  const waiting = 'ApproximateNumberOfMessagesVisible';
  return [
    { title: 'Runs', metrics: ofFunctions('Invocations') },
    { title: 'Failures', metrics: [...ofFunctions('Errors'), ...ofFunctions('Throttles')] },
    { title: 'Duration, p95 (ms)', metrics: ofFunctions('Duration'), statistic: 'p95' },
    {
      title: 'Waiting, for a person, dead',
      metrics: [names.channelQueue, names.handoffQueue, names.deadQueue].map((name) =>
        ofQueue(waiting, name),
      ),
      statistic: 'Maximum',
    },
    {
      title: 'Age of the oldest trigger and the oldest staged message (s)',
      metrics: [
        ofQueue('ApproximateAgeOfOldestMessage', names.channelQueue),
        ...own('OldestStagedAgeSeconds'),
      ],
      statistic: 'Maximum',
    },
    {
      title: 'From the last message to the reply, p95 (ms)',
      metrics: own('ReplyLatencyMs'),
      statistic: 'p95',
    },
    { title: 'Turns and model calls', metrics: own('TurnsCompleted', 'ModelCalls', 'Handoffs', 'OptOuts') },
    { title: 'Model tokens', metrics: own('ModelTokens') },
    {
      title: 'Repeated, unclear, deferred, swept',
      metrics: own(
        'DuplicateMessage',
        'DuplicateSendAvoided',
        'AmbiguousSend',
        'LeaseStolen',
        'Deferrals',
        'StageOrphansSwept',
      ),
    },
    {
      title: 'Refused webhooks, failed secrets and heartbeats',
      metrics: own(
        'InvalidSignatureCount',
        'CredentialLookupNotFoundCount',
        'UnknownConversation',
        'SecretFetchFailedCount',
        'HeartbeatFailures',
      ),
    },
  ];
}
