import { Construct } from 'constructs';
import { snakeCase } from '../parts/names.ts';
import { choose, given, named, unwrap } from '../parts/optional.ts';
import type { RepliesValues } from './index.ts';

interface NamePattern {
  /** In the manual deployment. */
  readonly plain: string;
  /** Between prefix and environment. */
  readonly middle: string;
  /** The prefix is the one that is shared with the sister service. */
  readonly isShared?: boolean;
}

/** Names of contract replies §2. */
const PATTERNS = {
  worker: { plain: 'WhatsAppMessagingLambda', middle: 'whatsapp-messaging' },
  workerRole: { plain: 'WhatsAppMessagingLambdaRole', middle: 'whatsapp-messaging-role' },
  workerPolicy: { plain: 'WhatsAppMessagingLambdaPolicy', middle: 'whatsapp-messaging-policy' },
  webhook: { plain: 'WhatsAppStagingLambda', middle: 'staging' },
  webhookRole: { plain: 'WhatsAppStagingLambdaRole', middle: 'staging-role' },
  webhookPolicy: { plain: 'WhatsAppStagingLambdaPolicy', middle: 'staging-policy' },
  sweeper: { plain: 'WhatsAppSweeperLambda', middle: 'sweeper' },
  sweeperRole: { plain: 'WhatsAppSweeperLambdaRole', middle: 'sweeper-role' },
  sweeperPolicy: { plain: 'WhatsAppSweeperLambdaPolicy', middle: 'sweeper-policy' },
  channelQueue: { plain: 'WhatsAppQueue', middle: 'whatsapp-queue' },
  deadQueue: { plain: 'WhatsAppDLQ', middle: 'whatsapp-dlq' },
  handoffQueue: { plain: 'HumanHandoffQueue', middle: 'human-handoff-queue' },
  conversations: { plain: 'ConversationsTable', middle: 'conversations', isShared: true },
  stage: { plain: 'ConversationsStageTable', middle: 'conversations-stage' },
  triggerLock: { plain: 'ConversationsTriggerLockTable', middle: 'conversations-trigger-lock' },
  archive: { plain: 'ConversationsArchiveTable', middle: 'conversations-archive' },
  api: { plain: 'WhatsAppWebhookApi', middle: 'webhook-api' },
  alarmTopic: { plain: 'CriticalAlerts', middle: 'critical-alerts', isShared: true },
} as const satisfies Readonly<Record<string, NamePattern>>;

/** Stands for the whole deployment where it has no environment. */
const MANUAL = 'WhatsAppMessaging';

export type Names = Readonly<Record<keyof typeof PATTERNS, string>> & {
  /** `dev` or `prod`: also the stage of the API. */
  readonly environment: string;
  /** Name of the deployment as a whole: of its dashboard, of its mark, and what its alarms begin with. */
  readonly deployment: string;
  /** Namespace of its metrics. */
  readonly metricsNamespace: string;
};

type Naming = Pick<RepliesValues, 'environmentName' | 'repliesProjectPrefix' | 'sharedProjectPrefix'>;

/** The names of every part: those of the manual deployment, or with prefix and environment. */
export function namesOf(scope: Construct, naming: Naming): Names {
  const { environmentName, repliesProjectPrefix: own, sharedProjectPrefix: shared } = naming;
  const hasEnvironment = given(environmentName);
  const environment = unwrap(environmentName) ?? '';
  const within = new Construct(scope, 'name');
  const either = (id: string, parameterised: string, plain: string) =>
    named(within, id, choose(hasEnvironment, parameterised, plain));
  const entries = Object.entries<NamePattern>(PATTERNS).map(([key, { plain, middle, isShared }]) => {
    return [
      key,
      either(snakeCase(key), `${isShared ? shared : own}-${middle}-${environment}`, plain),
    ] as const;
  });
  return {
    ...(Object.fromEntries(entries) as Record<keyof typeof PATTERNS, string>),
    environment: either('environment', environment, 'prod'),
    deployment: either('deployment', `${own}-${environment}`, MANUAL),
    metricsNamespace: either('metrics_namespace', `${own}/${environment}`, `${MANUAL}/prod`),
  };
}
