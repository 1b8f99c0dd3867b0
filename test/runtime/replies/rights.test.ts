import { expect, test } from 'vitest';
import {
  type PolicySubjects,
  SERVICE_RIGHTS,
  sweeperStatements,
  webhookStatements,
  workerStatements,
} from '../../../modules/replies/policies.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { AwsCall } from '../../support/tap.ts';
import { CONVERSATION, MODEL_SECRET, recordR, SID, TWILIO_SECRET } from './records.ts';
import { TABLES } from './tables.ts';
import { RepliesWorld, type WorldOptions } from './world.ts';
import { CHANNEL_QUEUE, type FunctionName, HUMAN_QUEUE } from './world-setup.ts';

/** The policies of modules/replies against what the functions really call. */

const ON: PolicySubjects = {
  logGroupArn: 'log',
  conversationsArn: TABLES.conversations,
  stageArn: TABLES.stage,
  triggerLockArn: TABLES.triggerLock,
  archiveArn: TABLES.archive,
  channelQueueArn: CHANNEL_QUEUE,
  handoffQueueArn: HUMAN_QUEUE,
  twilioSecretArns: [TWILIO_SECRET],
  modelSecretArns: [MODEL_SECRET],
  bedrockModelArns: [],
  hasBedrock: false,
  tracing: true,
  vpc: undefined,
  kmsKeyArn: undefined,
};

const STATEMENTS = { webhook: webhookStatements, worker: workerStatements, sweeper: sweeperStatements };

/** What a function may do, less what only AWS services do in its name. */
const rightsOf = (name: FunctionName): readonly string[] =>
  STATEMENTS[name](ON)
    .filter(({ when = true }) => when === true)
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => [resources].flat().map((resource) => `${action} on ${resource}`)),
    )
    .filter((right) => !((right.split(' ')[0] as string) in SERVICE_RIGHTS));

interface Written {
  readonly TableName: string;
}

/** The rights that a call needs; a transaction needs those of its actions. */
function neededBy({ service, name, input }: AwsCall): readonly string[] {
  if (service === 'secretsmanager') return [`${service}:${name} on ${input.SecretId}`];
  if (service === 'sqs') return [`sqs:${name} on ${input.QueueUrl}`];
  if (name === 'TransactWriteItems')
    return (input.TransactItems as readonly Record<string, Written>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => `dynamodb:${kind}Item on ${TableName}`),
    );
  const tables = name === 'BatchWriteItem' ? Object.keys(input.RequestItems as object) : [input.TableName];
  const index = input.IndexName ? `/index/${input.IndexName}` : '';
  return tables.map((table) => `dynamodb:${name} on ${table}${index}`);
}

/** A world that notes which function needed which right. */
class Watched {
  readonly world: RepliesWorld;

  constructor(
    private readonly used: Record<FunctionName, Set<string>>,
    options: WorldOptions = {},
  ) {
    this.world = new RepliesWorld(options);
  }

  async run(name: FunctionName, work: (world: RepliesWorld) => Promise<unknown>): Promise<void> {
    this.world.tap.clear();
    await work(this.world);
    for (const call of this.world.tap.details) for (const right of neededBy(call)) this.used[name].add(right);
  }

  webhook(message: Parameters<RepliesWorld['webhook']>[0] = { messageSid: SID }): Promise<void> {
    return this.run('webhook', (world) => world.webhook(message));
  }

  /** The worker, when the batching window is over. */
  worker(): Promise<void> {
    this.world.clock.jump(10_000);
    return this.run('worker', (world) => world.runWorker());
  }

  /** The sweeper, when a row has been overlooked. */
  sweeper(): Promise<void> {
    this.world.clock.jump(80_000);
    return this.run('sweeper', (world) => world.sweep());
  }

  /** The webhook's process ends when the row is staged. */
  async stagedOnly(): Promise<void> {
    this.world.killer.after = ({ name, input }) => name === 'PutItem' && input.TableName === TABLES.stage;
    await this.webhook();
  }
}

const entry = (number: number) => ({
  message_id: `SMold${number}`,
  role: 'user',
  content: 'x'.repeat(10_000),
  timestamp: '2026-11-20T10:00:00.000Z',
});
const long = { messages: Array.from({ length: 30 }, (_, number) => entry(number)) };
const forPerson = { hand_off_to_human: true };
const leased = {
  conversation_status: 'processing_reply',
  lock_owner: 'another',
  lock_fence: 1,
  lock_expires_at: Date.parse('2026-11-21T11:00:00Z') / 1000,
};

type Scenario = (open: (options?: WorldOptions) => Watched) => Promise<void>;

/** Together they need every right once. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a message is answered': async (open) => {
    const watched = open();
    await watched.webhook();
    await watched.worker();
  },
  'nobody knows the user': (open) => open().webhook({ from: '+15005550099' }),
  'the trigger cannot be sent': async (open) => {
    const watched = open();
    watched.world.killer.onCall = ({ name }) => {
      if (name === 'SendMessage')
        throw Object.assign(new Error('down'), {
          name: 'ServiceUnavailable',
          $metadata: { httpStatusCode: 503 },
        });
    };
    await watched.webhook();
  },
  'a message is for a person, in a long conversation, and comes again': async (open) => {
    const watched = open({ records: [recordR({ ...forPerson, ...long })] });
    await watched.stagedOnly();
    await watched.webhook();
  },
  'a long conversation goes on, to which somebody else adds': async (open) => {
    const watched = open({ records: [recordR(long)] });
    await watched.webhook();
    watched.world.killer.onCall = ({ name }) => {
      if (name !== 'TransactWriteItems') return;
      watched.world.killer.onCall = undefined;
      const { item } = watched.world.conversation();
      const messages = (item.messages?.L ?? []) as never[];
      watched.world.dynamodb.seed(
        { ...item, messages: { L: [...messages, messages[0] as never] } },
        TABLES.conversations,
      );
    };
    await watched.worker();
  },
  'a long conversation goes on, whose block is in the archive already': async (open) => {
    const watched = open({ records: [recordR(long)] });
    const block = storedItem({ conversation_id: CONVERSATION, entry_no: 0, entries: [] });
    watched.world.dynamodb.seed(block, TABLES.archive);
    await watched.webhook();
    await watched.worker();
  },
  'another worker holds the lease': async (open) => {
    const watched = open({ records: [recordR(leased)] });
    await watched.webhook();
    await watched.worker();
  },
  'the model is away': async (open) => {
    const watched = open({ environment: { MODEL_TIMEOUT_MS: '30' } });
    await watched.webhook();
    watched.world.model.fail({ kind: 'hang' });
    await watched.worker();
  },
  'the model hands over': async (open) => {
    const watched = open({ reply: () => '{"content":"Bye","hand_off_to_human":true}' });
    await watched.webhook();
    await watched.worker();
  },
  'a row is overlooked': async (open) => {
    const watched = open();
    await watched.stagedOnly();
    await watched.sweeper();
  },
  'a row for a person is overlooked, in a long conversation': async (open) => {
    const watched = open({ records: [recordR({ ...forPerson, ...long })] });
    await watched.stagedOnly();
    await watched.sweeper();
  },
};

test('replies 59: every call is allowed, and every right is called or one that AWS services use', async () => {
  const used = { webhook: new Set<string>(), worker: new Set<string>(), sweeper: new Set<string>() };
  for (const scenario of Object.values(SCENARIOS)) await scenario((options) => new Watched(used, options));
  for (const name of ['webhook', 'worker', 'sweeper'] as const)
    expect([...used[name]].sort(), name).toEqual([...new Set(rightsOf(name))].sort());
});
