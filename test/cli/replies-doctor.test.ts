import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { MANUAL_NAMES } from '../../cli/replies/deployed.ts';
import { TABLES } from '../runtime/replies/tables.ts';
import { CHANNEL_DLQ, HUMAN_QUEUE, VARIABLES } from '../runtime/replies/world-setup.ts';
import { deployedReplies, LOG_GROUPS } from './replies-world.ts';

type World = ReturnType<typeof deployedReplies>;

const { worker, webhook } = MANUAL_NAMES;
const vary = (world: World, name: string, more: Readonly<Record<string, string>>) =>
  world.lambda.functions.set(name, { ...world.engine.environment, ...more });
const mapping = (world: World) => ({ ...world.lambda.mappings.get(worker)?.[0] });

describe('hookline replies doctor', () => {
  test('a sound deployment: one line for each point, exit 0, and nothing is written', async () => {
    const world = deployedReplies();
    const { exitCode, out, error } = await world.run(['doctor']);
    expect({ exitCode, error }).toEqual({ exitCode: 0, error: '' });
    const points = out
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[1]);
    expect(new Set(points)).toEqual(
      new Set([
        'environment',
        'heartbeat',
        'trigger',
        'visibility',
        'redrive',
        'ttl',
        'indexes',
        'recursion',
        'webhook',
        'dead',
        'human',
        'errors',
      ]),
    );
    expect(out).toContain('a turn that was killed goes on after 600 s');
    expect(world.engine.tap.calls.filter((call) => /Put|Update|Delete|Send/.test(call))).toEqual([]);
  });

  test.each<[string, (world: World) => void, string]>([
    [
      'environment',
      (world) => vary(world, webhook, { BATCH_WINDOW_SECONDS: '901' }),
      `${webhook}: BATCH_WINDOW_SECONDS is more than 900`,
    ],
    ['environment', (world) => world.lambda.functions.delete(webhook), `there is no function ${webhook}`],
    ['trigger', (world) => world.lambda.mappings.delete(worker), 'nothing brings messages of'],
    [
      'trigger',
      (world) => world.lambda.mappings.set(worker, [{ ...mapping(world), State: 'Disabled' }]),
      'its state is Disabled',
    ],
    [
      'trigger',
      (world) => world.lambda.mappings.set(worker, [{ ...mapping(world), FunctionResponseTypes: [] }]),
      'ReportBatchItemFailures is off',
    ],
    [
      'trigger',
      (world) => world.lambda.mappings.set(worker, [{ ...mapping(world), BatchSize: 10 }]),
      'is 10, not 1',
    ],
    ['visibility', (world) => world.lambda.timeouts.set(worker, 3700), 'hides a message for 3600 s'],
    [
      'redrive',
      (world) => vary(world, worker, { MAX_RECEIVE_COUNT: '3' }),
      'after 5 receives, MAX_RECEIVE_COUNT is 3',
    ],
    [
      'ttl',
      (world) => (world.tables[TABLES.stage] = { ttl: undefined, indexes: ['due-index'] }),
      'TTL DISABLED',
    ],
    ['ttl', (world) => (world.tables[TABLES.triggerLock] = { ttl: 'ttl', indexes: [] }), 'attribute ttl'],
    [
      'indexes',
      (world) => (world.tables[TABLES.stage] = { ttl: 'expires_at', indexes: [] }),
      'due-index is missing',
    ],
    [
      'recursion',
      (world) => world.lambda.recursion.set(worker, 'Terminate'),
      'chains of the worker: Terminate',
    ],
  ])('%s is bad: %#', async (point, break_, text) => {
    const world = deployedReplies();
    break_(world);
    const { exitCode, out, error } = await world.run(['doctor']);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/^error: 1 of \d+ checks are bad\.\n$/);
    expect(out).toMatch(new RegExp(`^bad {6}${point} .*`, 'm'));
    expect(out.split('\n').find((line) => line.startsWith('bad'))).toContain(text);
  });

  test('variables of the worker that cannot be used: every fault, and no further point', async () => {
    const world = deployedReplies();
    vary(world, worker, { SQS_HEARTBEAT_INTERVAL_MS: 'soon', CONVERSATIONS_TABLE: '' });
    const { exitCode, out } = await world.run(['doctor']);
    expect(exitCode).toBe(1);
    expect(out).toContain('CONVERSATIONS_TABLE or CONVERSATIONS_TABLE_NAME is not set');
    expect(out).toContain('SQS_HEARTBEAT_INTERVAL_MS is not a positive whole number of milliseconds');
    expect(out).not.toContain('visibility');
  });

  test('dead letters are bad, messages for a person and errors are warnings', async () => {
    const world = deployedReplies();
    await world.engine.sqs.send(new SendMessageCommand({ QueueUrl: CHANNEL_DLQ, MessageBody: '{}' }));
    await world.engine.sqs.send(new SendMessageCommand({ QueueUrl: HUMAN_QUEUE, MessageBody: '{}' }));
    world.logs.write(LOG_GROUPS[0] ?? '', world.clock.nowMillis(), '{"level":"ERROR","event":"turn_failed"}');
    const { exitCode, out } = await world.run(['doctor', '--json']);
    expect(exitCode).toBe(1);
    const states = JSON.parse(out).map(({ check, state }: { check: string; state: string }) => [
      check,
      state,
    ]);
    expect(states).toContainEqual(['dead letters', 'bad']);
    expect(states).toContainEqual(['human queue', 'warning']);
    expect(states).toContainEqual(['errors', 'warning']);
    expect(out).toContain('turn_failed, 1 times within a day');
    expect(out).toContain('docs/replies.md');
  });

  test('lines of other levels are no errors, also where the pattern is not heeded', async () => {
    const world = deployedReplies();
    const { logs, clock } = world;
    for (const line of ['{"level":"INFO","event":"heartbeat"}', 'START RequestId: 1', '{"_aws":{}}'])
      logs.write(LOG_GROUPS[0] ?? '', clock.nowMillis(), line);
    const send = logs.send.bind(logs);
    logs.send = (command) => send(Object.assign(command, { input: { ...command.input, filterPattern: '' } }));
    const { exitCode, out } = await world.run(['doctor']);
    expect(exitCode).toBe(0);
    expect(out).toContain('none within a day');
  });

  test.each([
    [async () => new Response('', { status: 403 }), 'answers 403 to an empty form, not 400'],
    [
      async () => {
        throw new TypeError('fetch failed');
      },
      'no answer from https://api.example.com/dev/whatsapp',
    ],
  ])('the webhook is asked with an empty form: %#', async (fetch, text) => {
    const { run } = deployedReplies({}, { fetch });
    const { exitCode, out } = await run(['doctor']);
    expect(exitCode).toBe(1);
    expect(out).toContain(text);
  });

  test('a heartbeat that is slower than the function may run is warned of', async () => {
    const world = deployedReplies();
    vary(world, worker, { SQS_HEARTBEAT_INTERVAL_MS: '400000' });
    const { exitCode, out } = await world.run(['doctor']);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^warning +heartbeat .* goes on after 800 s$/m);
  });

  test('a worker without the address of callbacks is warned of', async () => {
    const world = deployedReplies();
    vary(world, worker, { STATUS_CALLBACK_URL: '' });
    const { exitCode, out } = await world.run(['doctor']);
    expect(exitCode).toBe(0);
    expect(out).toContain('names no address for status callbacks');
  });
});

describe('which deployment is meant', () => {
  test('without an environment the names of the manual deployment, with one its own', async () => {
    const world = deployedReplies();
    world.lambda.functions.set('ai-multi-comms-replies-whatsapp-messaging-prod', VARIABLES);
    expect((await world.run(['handoff', 'list'])).exitCode).toBe(0);
    expect((await world.run(['handoff', 'list', '--env', 'prod'])).exitCode).toBe(0);
    const other = await world.run(['handoff', 'list', '--env', 'dev', '--prefix', 'shop']);
    expect(other.exitCode).toBe(1);
    expect(other.error).toContain('no function shop-whatsapp-messaging-dev');
    expect(other.error).toContain('--env');
  });

  test('a prefix without an environment, and a function that is no worker, are told', async () => {
    const world = deployedReplies();
    expect((await world.run(['handoff', 'list', '--prefix', 'shop'])).error).toBe(
      'error: --prefix needs --env: names have a prefix only together with an environment.\n',
    );
    world.lambda.functions.set(worker, { FOO: '1' });
    const { exitCode, error } = await world.run(['handoff', 'list']);
    expect(exitCode).toBe(1);
    expect(error).toContain(`The variables of the function ${worker} are not those of a reply engine:`);
    expect(error).toContain('WHATSAPP_QUEUE_URL is not set');
  });
});
