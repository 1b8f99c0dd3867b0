import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import type { CommandAws } from '../../cli/deployed.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import type { Fields } from '../support/tap.ts';
import { hookline } from './capture.ts';

const QUEUES = {
  jobs: 'https://sqs/1/shop-jobs.fifo',
  dead: 'https://sqs/1/shop-dead.fifo',
  channel: 'https://sqs/1/ai-multi-comms-replies-whatsapp-queue-prod',
  dlq: 'https://sqs/1/ai-multi-comms-replies-whatsapp-dlq-prod',
  human: 'https://sqs/1/ai-multi-comms-replies-human-handoff-queue-prod',
  failed: 'https://sqs/1/sage-failed-executions',
  deadFailed: 'https://sqs/1/sage-failed-executions-dlq',
};
const WORKER = 'ai-multi-comms-replies-whatsapp-messaging-prod';
const REPLIES = 'ai-multi-comms-replies-prod';

const sqsArn = (url: string) => `arn:aws:sqs:eu-north-1:000000000001:${url.split('/').at(-1)}`;
const lambdaArn = (name: string) => `arn:aws:lambda:eu-north-1:000000000001:function:${name}`;

const DEPLOYED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'hookline:bot': {
    shop: [sqsArn(QUEUES.jobs), sqsArn(QUEUES.dead), lambdaArn('shop-worker'), 'arn:aws:s3:::shop-bucket'],
  },
  'hookline:replies': {
    [REPLIES]: [...[QUEUES.channel, QUEUES.dlq, QUEUES.human].map(sqsArn), lambdaArn(WORKER)],
  },
  'hookline:files': {
    sage: [...[QUEUES.failed, QUEUES.deadFailed].map(sqsArn), lambdaArn('sage-file-processor')],
  },
};

function setUp(deployed = DEPLOYED) {
  const clock = new FakeClock();
  const sqs = new FakeSqs(
    clock,
    Object.values(QUEUES).map((url) => ({ url })),
  );
  const lambda = new FakeLambda();
  for (const name of ['shop-worker', WORKER, 'sage-file-processor']) lambda.functions.set(name, {});
  const alarms: { AlarmName: string; StateReason: string }[] = [];
  const cloudwatch = {
    async send(command: { readonly input: object }) {
      const input = command.input as Fields;
      if (command.constructor.name === 'DescribeAlarmsCommand') {
        expect(input.StateValue).toBe('ALARM');
        // One a page, so that nobody reads the first page alone.
        const found = alarms.filter(({ AlarmName }) => AlarmName.startsWith(input.AlarmNamePrefix));
        const index = Number(input.NextToken ?? 0);
        const more = index + 1 < found.length;
        return { MetricAlarms: found.slice(index, index + 1), ...(more && { NextToken: String(index + 1) }) };
      }
      expect(input).toMatchObject({ MetricName: 'ApproximateAgeOfOldestMessage', Namespace: 'AWS/SQS' });
      const now = clock.nowMillis();
      return {
        Datapoints: [
          { Timestamp: new Date(now), Maximum: 5400 },
          { Timestamp: new Date(now - 60_000), Maximum: 1 },
        ],
      };
    },
  };
  const tagging = {
    async send({ input }: { readonly input: object }) {
      const [{ Key }] = (input as Fields).TagFilters;
      return {
        ResourceTagMappingList: Object.entries(deployed[Key] ?? {}).flatMap(([Value, arns]) =>
          arns.map((ResourceARN) => ({ ResourceARN, Tags: [{ Key, Value }] })),
        ),
      };
    },
  };
  const none = async () => {
    throw new Error('No such service in this test');
  };
  const aws: CommandAws = {
    clock,
    s3: none,
    dynamodb: none,
    ssm: none,
    secretsManager: none,
    logs: none,
    sqs: async () => sqs,
    lambda: async () => lambda,
    cloudwatch: async () => cloudwatch,
  };
  const fill = (url: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'x',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
      }),
    );
  const run = (...args: string[]) =>
    hookline(['status', ...args], { aws, clock, tagging: async () => tagging });
  return { alarms, fill, run, lambda, aws };
}

describe('hookline status', () => {
  test('all is well: every queue and function of every system, exit 0', async () => {
    const { run, fill } = setUp();
    await fill(QUEUES.channel);
    await fill(QUEUES.human);
    const { exitCode, out, error } = await run('--region', 'eu-north-1');
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(out).toMatch(/^bot shop$/m);
    expect(out).toMatch(new RegExp(`^replies ${REPLIES}$`, 'm'));
    expect(out).toMatch(/^files sage$/m);
    expect(out).toMatch(/queue +sage-failed-executions +work: 0 waiting/m);
    expect(out).toMatch(/code +sage-file-processor +c29tZS1j/m);
    expect(out).toMatch(/queue +shop-jobs\.fifo +work: 0 waiting, 0 in flight, 0 delayed$/m);
    expect(out).toMatch(/queue +\S+whatsapp-queue-prod +work: 1 waiting, .*, the oldest for 90 min$/m);
    expect(out).toMatch(/queue +\S+human-handoff-queue-prod +people: 1 waiting/m);
    expect(out).toMatch(/code +shop-worker +c29tZS1j, deployed 2026-11-20T08:00:00$/m);
  });

  test('dead letters of either system and alarms that ring need somebody: exit 1', async () => {
    const { run, fill, alarms } = setUp();
    await fill(QUEUES.dead);
    await fill(QUEUES.dlq);
    alarms.push({ AlarmName: 'shop-worker-errors', StateReason: 'Threshold crossed' });
    alarms.push({ AlarmName: 'shop-dead-letters', StateReason: 'Threshold crossed, too' });
    const { exitCode, out, error } = await run();
    expect(exitCode).toBe(1);
    expect(out).toMatch(/ALARM +shop-dead-letters +Threshold crossed, too$/m);
    expect(error).toBe(
      `error: Somebody is needed:\n- shop: 1 dead letters in shop-dead.fifo: hookline bot redrive --dry-run\n- shop: the alarm shop-worker-errors rings\n- shop: the alarm shop-dead-letters rings\n- ${REPLIES}: 1 dead letters in ai-multi-comms-replies-whatsapp-dlq-prod: hookline replies redrive --dry-run\n`,
    );
    const json = JSON.parse((await run('--json')).out);
    expect(json).toMatchObject([
      { kind: 'bot', name: 'shop', needs: { length: 3 } },
      { kind: 'files' },
      { kind: 'replies' },
    ]);
  });

  test('dead letters of files need somebody, and are not for redrive', async () => {
    const { run, fill } = setUp();
    await fill(QUEUES.deadFailed);
    const { exitCode, error } = await run();
    expect(exitCode).toBe(1);
    expect(error).toContain('- sage: 1 dead letters in sage-failed-executions-dlq: hookline files doctor\n');
  });

  test("an alarm of a bot whose name begins like another's is told once", async () => {
    const { run, alarms } = setUp({
      'hookline:bot': { shop: ['arn:aws:s3:::a'], 'shop-two': ['arn:aws:s3:::b'] },
    });
    alarms.push({ AlarmName: 'shop-two-worker-errors', StateReason: 'x' });
    const { error } = await run();
    expect(error).toBe('error: Somebody is needed:\n- shop-two: the alarm shop-two-worker-errors rings\n');
  });

  test('what cannot be read needs somebody, and the rest is told', async () => {
    const { run, lambda } = setUp();
    lambda.tap.before = () => {
      throw Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
    };
    const { exitCode, out, error } = await run();
    expect(exitCode).toBe(1);
    expect(error).toContain('- shop: shop-worker could not be read:');
    expect(out).toMatch(/queue +shop-jobs\.fifo/);
  });

  test('nothing is deployed', async () => {
    expect(await setUp({}).run()).toEqual({
      exitCode: 0,
      out: 'Nothing of hookline is deployed here.\n',
      error: '',
    });
  });
});
