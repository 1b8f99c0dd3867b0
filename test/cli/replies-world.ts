import type { CommandAws } from '../../cli/deployed.ts';
import { MANUAL_NAMES } from '../../cli/replies/deployed.ts';
import type { World } from '../../cli/world.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { RepliesWorld, type WorldOptions } from '../runtime/replies/world.ts';
import { CHANNEL_ARN } from '../runtime/replies/world-setup.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeLogs } from '../support/fake-logs.ts';
import { awsError, type Fields } from '../support/tap.ts';
import { type Captured, hookline } from './capture.ts';

export const LOG_GROUPS = Object.values(MANUAL_NAMES).map((name) => `/aws/lambda/${name}`);

/** What a table is like, beside its items. */
export interface TableFacts {
  ttl: string | undefined;
  indexes: string[];
}

/** The reply engine as it is deployed, on fakes, and the commands that work on it. */
export function deployedReplies(options: WorldOptions = {}, given: Partial<World> = {}) {
  const engine = new RepliesWorld(options);
  const lambda = new FakeLambda();
  const logs = new FakeLogs(LOG_GROUPS);
  for (const name of Object.values(MANUAL_NAMES)) lambda.functions.set(name, engine.environment);
  lambda.recursion.set(MANUAL_NAMES.worker, 'Allow');
  lambda.mappings.set(MANUAL_NAMES.worker, [
    {
      EventSourceArn: CHANNEL_ARN,
      State: 'Enabled',
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  ]);
  const tables: Record<string, TableFacts> = {
    [TABLES.conversations]: { ttl: undefined, indexes: ['company-whatsapp-number-recipient-tel-index'] },
    [TABLES.stage]: { ttl: 'expires_at', indexes: ['due-index'] },
    [TABLES.triggerLock]: { ttl: 'expires_at', indexes: [] },
  };
  // A command waits for nothing here, and time goes on where the test says so.
  const clock: Clock = { nowMillis: () => engine.clock.nowMillis(), sleep: async () => undefined };
  const none = async () => {
    throw new Error('No such service in this test');
  };
  const aws: CommandAws = {
    clock,
    s3: none,
    ssm: none,
    cloudwatch: none,
    dynamodb: async () => withDescriptions(engine, tables),
    sqs: async () => engine.sqs,
    lambda: async () => lambda,
    secretsManager: async () => engine.secrets,
    logs: async () => logs,
  };
  const answering: typeof fetch = async () => new Response('', { status: 400 });
  const run = (args: readonly string[], more: Partial<World> = {}): Promise<Captured> =>
    hookline(['replies', ...args], { aws, clock, fetch: answering, ...given, ...more });
  return { engine, lambda, logs, tables, aws, clock, run };
}

/** The tables with what only a command asks of them. */
function withDescriptions(engine: RepliesWorld, tables: Readonly<Record<string, TableFacts>>) {
  const answers: Readonly<Record<string, (facts: TableFacts) => object>> = {
    DescribeTimeToLiveCommand: ({ ttl }) => ({
      TimeToLiveDescription:
        ttl === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: ttl },
    }),
    DescribeTableCommand: ({ indexes }) => ({
      Table: {
        GlobalSecondaryIndexes: indexes.map((IndexName) => ({ IndexName, IndexStatus: 'ACTIVE' })),
      },
    }),
  };
  return {
    async send(command: { readonly input: object }) {
      const answer = answers[command.constructor.name];
      if (!answer) return engine.dynamodb.send(command);
      const facts = tables[String((command.input as Fields).TableName)];
      if (!facts) throw awsError('ResourceNotFoundException', 400);
      return answer(facts);
    },
  };
}

/** Everything that tables and queues hold. */
export const whole = ({ engine }: ReturnType<typeof deployedReplies>) =>
  JSON.stringify([
    ...Object.values(TABLES).map((name) => [...engine.dynamodb.items(name).entries()]),
    engine.triggers.map(({ body }) => body),
    engine.humanMessages,
    engine.deadLetters.map(({ body }) => body),
  ]);
