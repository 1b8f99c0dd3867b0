import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { processWorld } from '../../cli/world.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import { DEAD_LETTER_URL, deployedWorld, INVOKED_DEAD_URL, QUEUE_URL } from './bot-world.ts';
import { hookline } from './capture.ts';

const DLQ = 'https://sqs/dlq.fifo';
const QUEUE = 'https://sqs/queue.fifo';
const MOVE = ['bot', 'redrive', '--dead-letters', DLQ, '--queue', QUEUE];
const DAY_MILLIS = 86_400_000;

function setUp() {
  const clock = new FakeClock();
  const sqs = new FakeSqs(clock, [{ url: DLQ }, { url: QUEUE }]);
  const lambda = new FakeLambda();
  const bury = (chat: string, event: string, ageDays = 0) => {
    const sent_at = new Date(clock.nowMillis() - ageDays * DAY_MILLIS).toISOString();
    const MessageBody = JSON.stringify({ maws_job: { chat_id: chat, event_id: event, sent_at } });
    const ids = { MessageGroupId: chat, MessageDeduplicationId: event };
    return sqs.send(new SendMessageCommand({ QueueUrl: DLQ, MessageBody, ...ids }));
  };
  const run = (args: readonly string[]) =>
    hookline(args, { redriveClients: async () => ({ sqs, lambda, clock }) });
  const events = (url: string) =>
    sqs.messages(url).map((message) => JSON.parse(message.body).maws_job.event_id);
  return { clock, sqs, lambda, bury, run, events };
}

describe('hookline bot redrive', () => {
  test('moves dead letters back to the queue and lists each', async () => {
    const { bury, run, events } = setUp();
    await bury('c1', 'e1');
    await bury('c2', 'e2');
    const { exitCode, out, error } = await run(MOVE);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    expect(events(QUEUE)).toEqual(['e1', 'e2']);
    expect(events(DLQ)).toEqual([]);
    expect(out).toMatch(/^redriven +e1 {2}chat c1 {2}message \S+\nredriven +e2 {2}chat c2/);
  });

  test('--dry-run moves nothing', async () => {
    const { bury, run, events } = setUp();
    await bury('c1', 'e1');
    const { exitCode, out } = await run([...MOVE, '--dry-run']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^would-redrive +e1/);
    expect(events(DLQ)).toEqual(['e1']);
    expect(events(QUEUE)).toEqual([]);
  });

  test('--filter keeps to one chat, and all filters must match', async () => {
    const { bury, run, events } = setUp();
    await bury('c1', 'e1');
    await bury('c1', 'e2');
    await bury('c2', 'e3');
    await run([...MOVE, '--filter', 'chat=c1', '--filter', 'event=e2']);
    expect(events(QUEUE)).toEqual(['e2']);
  });

  test('what is older than the dedupe time stays, with exit 1, until --force', async () => {
    const { bury, run, events } = setUp();
    await bury('c1', 'old', 9);
    const { exitCode, out, error } = await run(MOVE);
    expect({ exitCode, error }).toEqual({
      exitCode: 1,
      error: 'error: 1 of 1 dead letters stay where they are.\n',
    });
    expect(out).toContain('--force');
    expect((await run([...MOVE, '--force'])).exitCode).toBe(0);
    expect(events(QUEUE)).toEqual(['old']);
  });

  test('--dedupe-ttl is the time that the bot was deployed with', async () => {
    const { bury, run } = setUp();
    await bury('c1', 'e1', 1);
    expect((await run([...MOVE, '--dedupe-ttl', '3600'])).out).toMatch(/^too-old/);
  });

  test.each(['fifo', 'drop'] as const)(
    '%s: --project alone takes queue, target and dedupe time from the deployed bot',
    async (policy) => {
      const { aws, sqs, lambda, clock } = deployedWorld(policy, { DEDUPE_TTL_SECONDS: '3600' });
      const body = JSON.stringify({ statusCode: 200, body: '"Processed."' });
      lambda.answer = () => ({ Payload: Buffer.from(body) });
      const dead = policy === 'fifo' ? DEAD_LETTER_URL : INVOKED_DEAD_URL;
      const bury = (event: string, ageSeconds: number) => {
        const sent_at = new Date(clock.nowMillis() - ageSeconds * 1000).toISOString();
        const MessageBody = JSON.stringify({ maws_job: { chat_id: event, event_id: event, sent_at } });
        const ids = policy === 'fifo' ? { MessageGroupId: event, MessageDeduplicationId: event } : {};
        return sqs.send(new SendMessageCommand({ QueueUrl: dead, MessageBody, ...ids }));
      };
      await bury('young', 60);
      await bury('old', 4000);
      const regions: (string | undefined)[] = [];
      const redriveClients = async (region?: string) => {
        regions.push(region);
        return { sqs, lambda, clock };
      };
      const args = ['bot', 'redrive', '--project', 'shop', '--region', 'eu-north-1'];
      const { exitCode, out } = await hookline(args, { aws, redriveClients });
      expect(exitCode).toBe(1);
      expect(out).toMatch(/^redriven +young/m);
      expect(out).toMatch(/^too-old +old/m);
      expect(regions).toEqual(['eu-north-1']);
      if (policy === 'fifo') expect(sqs.messages(QUEUE_URL)).toHaveLength(1);
      else expect(lambda.invocations).toMatchObject([{ functionName: 'shop-worker:live' }]);
    },
  );

  test('--rate paces the sends', async () => {
    const { clock, bury, run } = setUp();
    await bury('c1', 'e1');
    await bury('c1', 'e2');
    const before = clock.nowMillis();
    await run([...MOVE, '--rate', '0.5']);
    expect(clock.nowMillis() - before).toBeGreaterThanOrEqual(2000);
  });

  test('--function has the worker do the job', async () => {
    const { sqs, clock, bury, events } = setUp();
    await bury('c1', 'e1');
    const inputs: object[] = [];
    const bodies = ['Already processing; update ignored.', 'Processed.'];
    const lambda = {
      send: async ({ input }: { readonly input: object }) => {
        inputs.push(input);
        const body = JSON.stringify(bodies.shift());
        return { StatusCode: 200, Payload: Buffer.from(JSON.stringify({ statusCode: 200, body })) };
      },
    };
    const run = () =>
      hookline(['bot', 'redrive', '--dead-letters', DLQ, '--function', 'worker:live'], {
        redriveClients: async () => ({ sqs, lambda, clock }),
      });
    const busy = await run();
    expect(busy).toMatchObject({ exitCode: 1, error: 'error: 1 of 1 dead letters stay where they are.\n' });
    expect(busy.out).toContain('another message of its chat is being worked on');
    expect(events(DLQ)).toEqual(['e1']);
    expect(await run()).toMatchObject({ exitCode: 0, error: '' });
    expect(events(DLQ)).toEqual([]);
    expect(inputs).toMatchObject(
      [1, 2].map(() => ({ FunctionName: 'worker:live', InvocationType: 'RequestResponse' })),
    );
  });

  test('the client waits for as long as an invocation can take', async () => {
    const server = createServer((_, response) => response.end('null')).listen(0);
    onTestFinished(() => void server.close());
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { lambda } = await processWorld.redriveClients();
    await lambda.send(new InvokeCommand({ FunctionName: 'worker' }));
    const { requestHandler } = (lambda as LambdaClient).config;
    const settings = (requestHandler as unknown as { httpHandlerConfigs(): object }).httpHandlerConfigs();
    expect(settings).toMatchObject({ socketTimeout: undefined, throwOnRequestTimeout: true });
    expect(settings).toHaveProperty('requestTimeout', 930_000);
  });

  test('letters that SQS does not show are counted, with exit 1', async () => {
    const { bury, run, events } = setUp();
    for (let n = 1; n <= 12; n++) await bury('c1', `e${n}`);
    const { exitCode, out, error } = await run([...MOVE, '--filter', 'event=e12']);
    expect({ exitCode, error }).toEqual({
      exitCode: 1,
      error: 'error: 2 of 12 dead letters stay where they are.\n',
    });
    expect(out.split('\n')).toHaveLength(12);
    expect(out).toMatch(/\nunseen +2 more letters of these chats were not looked at/);
    expect((await run([...MOVE, '--dry-run'])).exitCode).toBe(1);
    expect((await run(MOVE)).exitCode).toBe(0);
    expect(events(QUEUE)).toHaveLength(12);
  });

  test('--json prints the items', async () => {
    const { bury, run } = setUp();
    await bury('c1', 'e1');
    const [item] = JSON.parse((await run([...MOVE, '--json'])).out);
    expect(item).toMatchObject({ chatId: 'c1', eventId: 'e1', outcome: 'redriven' });
  });

  test('an empty queue is said to be empty', async () => {
    expect((await setUp().run(MOVE)).out).toBe('The queue holds no dead letter.\n');
  });

  test('a queue that is not there is a failure with its reason', async () => {
    const missing = ['bot', 'redrive', '--dead-letters', 'https://sqs/none', '--queue', QUEUE];
    const { exitCode, error } = await setUp().run(missing);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/^error: .*sqs:ReceiveMessage/);
  });

  test.each([
    [[...MOVE, '--function', 'f'], 'either --queue <url> or --function <name>'],
    [[...MOVE, '--filter', 'colour=red'], 'chat=…, user=…, event=…, provider=…'],
    [[...MOVE, '--rate', '0'], 'It must be a number above 0.'],
    [[...MOVE, '--dryrun'], 'Did you mean --dry-run?'],
  ])('%j is a usage error', async (args, sentence) => {
    const { exitCode, error } = await setUp().run(args);
    expect(exitCode).toBe(2);
    expect(error).toContain(sentence);
  });
});
