import { expect, test } from 'vitest';
import { runDaemon } from '../../../../runtime/files/orchestrate/daemon.ts';
import type { SystemLoad } from '../../../../runtime/files/orchestrate/decide.ts';
import { lambdaDispatcher } from '../../../../runtime/files/orchestrate/dispatcher.ts';
import { LocalPool } from '../../../../runtime/files/orchestrate/local-pool.ts';
import {
  LambdaOrchestrator,
  type OrchestratorPorts,
} from '../../../../runtime/files/orchestrate/orchestrator.ts';
import { FakeLambda } from '../../../support/fake-lambda.ts';
import { awsError } from '../../../support/tap.ts';
import { context, World } from './world.ts';

/** A host with three slots whose jobs end when the test says so, and a Lambda beside it. */
class Host extends World {
  readonly lambda = new FakeLambda();
  readonly started: { readonly execution_id: string; readonly end: () => void }[] = [];
  readonly pool = new LocalPool(
    3,
    (given, drain) =>
      new Promise<void>((end) => {
        const { execution_id } = given as { readonly execution_id: string };
        this.started.push({ execution_id, end });
        drain.addEventListener('abort', () => end());
        if (this.endsAtOnce) end();
      }),
    this.log,
  );
  endsAtOnce = false;

  orchestrator(over: Partial<OrchestratorPorts> = {}) {
    const { storage, store, clock, log, metrics, pool } = this;
    const dispatcher = lambdaDispatcher(this.lambda, 'sage-file-processor', { clock, random: () => 1 });
    return new LambdaOrchestrator(
      { max_local_executions: 3 },
      { storage, store, clock, log, metrics, pool, dispatcher, random: () => 1, ...over },
    );
  }

  async items(count: number) {
    const items = [];
    for (let number = 1; number <= count; number++) {
      const id = `e${number}`;
      await this.put('data.csv', 'a\n1\n', id);
      const input_files = [{ source_execution_id: id, filename: 'data.csv' }];
      items.push({ id, yaml_config: 'sage_yaml: {}', input_files });
    }
    return items;
  }

  state(executionId: string) {
    const { state, target, attempt, reason } = this.store.records.get(executionId)!;
    return `${state} ${target} ${attempt} ${reason}`;
  }
}

test('files T13: of five pending, local jobs that never end leave two to Lambda; jobs that end leave none', async () => {
  const stuck = new Host();
  expect(await stuck.orchestrator().processQueue(await stuck.items(5))).toEqual({
    local: 3,
    lambda: 2,
    failed: 0,
  });
  expect(stuck.started.map(({ execution_id }) => execution_id)).toEqual(['e1', 'e2', 'e3']);
  expect(
    stuck.lambda.invocations.map(({ payload }) => (payload as { execution_id: string }).execution_id),
  ).toEqual(['e4', 'e5']);
  expect(stuck.state('e4')).toBe('DISPATCHED lambda 1 queue-pressure');

  const quick = new Host();
  quick.endsAtOnce = true;
  expect(await quick.orchestrator().processQueue(await quick.items(5))).toEqual({
    local: 5,
    lambda: 0,
    failed: 0,
  });
  expect(quick.state('e5')).toBe('DISPATCHED local 1 local-slot-free');
});

test('files T14: 202 is dispatched; 429 is tried again; 404 runs here', async () => {
  const host = new Host();
  const [first, second, third] = await host.items(3);
  const busy: SystemLoad = { cpu_percent: 99 };
  const orchestrator = host.orchestrator();
  expect(await orchestrator.processQueue([first!], busy)).toMatchObject({ lambda: 1 });
  expect(host.state('e1')).toBe('DISPATCHED lambda 1 cpu');
  expect(host.lambda.invocations[0]).toMatchObject({ invocationType: 'Event' });

  let calls = 0;
  host.lambda.tap.before = () => {
    if (++calls === 1) throw awsError('TooManyRequestsException', 429);
  };
  expect(await host.during(orchestrator.processQueue([second!], busy))).toMatchObject({ lambda: 1 });
  expect(calls).toBe(2);
  expect(host.clock.slept).toEqual([1000]);
  expect(host.state('e2')).toBe('DISPATCHED lambda 1 cpu');

  host.lambda.tap.before = () => {
    throw awsError('ResourceNotFoundException', 404);
  };
  expect(await orchestrator.processQueue([third!], busy)).toMatchObject({ local: 1 });
  expect(host.state('e3')).toBe('DISPATCHED local 2 lambda-disabled');
});

test('a refusal without a free slot fails the execution; throttling to the end lets it wait', async () => {
  const host = new Host();
  const [one, two, three, four, five] = await host.items(5);
  const orchestrator = host.orchestrator();
  await orchestrator.processQueue([one!, two!, three!]);
  host.lambda.tap.before = () => {
    throw awsError('AccessDeniedException', 403);
  };
  await orchestrator.processQueue([four!], { cpu_percent: 99 });
  expect(host.store.records.get('e4')).toMatchObject({ state: 'ERRORED', errorClass: 'DISPATCH' });
  host.lambda.tap.before = () => {
    throw awsError('ServiceException', 500);
  };
  await host.during(orchestrator.processQueue([five!], { cpu_percent: 99 }), 10_000);
  expect(host.state('e5')).toMatch(/^RETRY_WAIT lambda 1/);
  // Base 1 s, doubled, five tries.
  expect(host.clock.slept).toEqual([1000, 2000, 4000, 8000]);
});

test('files T15: an event of many inputs holds references only; nothing of the specification is in it', async () => {
  const host = new Host();
  const input_files = [];
  for (let number = 0; number < 1_000; number++) {
    const filename = `${'long-name-'.repeat(20)}${number}.csv`;
    await host.put(filename, 'a\n1\n');
    input_files.push({ source_execution_id: 'e1', filename });
  }
  const yaml_config = `# ${'x'.repeat(900 * 1024)}\n`;
  expect(await host.orchestrator().invokeLambda('e1', yaml_config, input_files)).toBe(true);
  const { payload } = host.lambda.invocations[0]!;
  expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(200 * 1024);
  expect(payload).toMatchObject({
    yaml_ref: { source_execution_id: 'e1', filename: 'cfg/config.yaml' },
    inputs_ref: { source_execution_id: 'e1', filename: 'cfg/inputs.json' },
  });
  const inputs: string[] = [];
  const process = host.process;
  host.process = async (input) => {
    inputs.push(...input.inputs.map(({ name }) => name));
    return process(input);
  };
  const reply = await host.handler()(payload, context());
  expect(reply).toMatchObject({ statusCode: 200 });
  expect(inputs).toHaveLength(1_000);
});

test('priority goes first, then age', async () => {
  const host = new Host();
  host.endsAtOnce = true;
  for (const [executionId, priority, createdAt] of [
    ['young', 0, '2026-01-02T00:00:00.000Z'],
    ['old', 0, '2026-01-01T00:00:00.000Z'],
    ['urgent', 5, '2026-01-03T00:00:00.000Z'],
  ] as const)
    host.store.seed({ executionId, priority, createdAt });
  await host.orchestrator().pass();
  expect(host.started.map(({ execution_id }) => execution_id)).toEqual(['urgent', 'old', 'young']);
});

test('a pass takes what fits on a host only, and everything due where there is no Lambda', async () => {
  const host = new Host();
  host.endsAtOnce = true;
  const due = { state: 'RETRY_WAIT' as const, nextRetryAt: '2020-01-01T00:00:00.000Z', attempt: 1 };
  host.store.seed({ executionId: 'large', errorClass: 'RESOURCE', ...due });
  host.store.seed({ executionId: 'other', ...due });
  await host.orchestrator().pass({ cpu_percent: 99 });
  expect(host.state('large')).toBe('DISPATCHED local 2 affinity');
  expect(host.store.records.get('other')?.state).toBe('RETRY_WAIT');
  await host.orchestrator({ dispatcher: undefined }).pass();
  expect(host.state('other')).toBe('DISPATCHED local 2 lambda-disabled');
});

test('after five failures in a row everything runs here for a minute', async () => {
  const host = new Host();
  host.endsAtOnce = true;
  host.lambda.tap.before = () => {
    throw awsError('ServiceException', 500);
  };
  const orchestrator = host.orchestrator();
  const items = await host.items(6);
  await host.during(orchestrator.processQueue(items, { cpu_percent: 99 }), 10_000);
  expect(host.state('e5')).toMatch(/^RETRY_WAIT/);
  expect(host.state('e6')).toBe('DISPATCHED local 1 circuit-open');
});

test('a small queue waits ten seconds for a slot, then goes to Lambda', async () => {
  const host = new Host();
  const items = await host.items(4);
  const orchestrator = host.orchestrator();
  await orchestrator.processQueue(items.slice(0, 3));
  expect(await host.during(orchestrator.processQueue(items.slice(3)))).toMatchObject({ lambda: 1 });
  expect(host.clock.slept).toEqual([10_000]);
});

test('a daemon that is told to stop hands back what runs, and starts nothing more', async () => {
  const host = new Host();
  host.store.seed({ executionId: 'a' });
  const stop = new AbortController();
  const { pool, clock, log } = host;
  const daemon = runDaemon(
    { orchestrator: host.orchestrator(), pool, clock, log, load: () => undefined },
    stop.signal,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(host.started).toHaveLength(1);
  stop.abort();
  await daemon;
  expect(pool.isDraining).toBe(true);
  expect(pool.free).toBe(0);
  // With `once` one pass is made, and waited for.
  const other = new Host();
  other.endsAtOnce = true;
  other.store.seed({ executionId: 'b' });
  const ports = { orchestrator: other.orchestrator(), pool: other.pool, clock, log, load: () => undefined };
  await runDaemon(ports, new AbortController().signal, true);
  expect(other.started).toHaveLength(1);
});

test('what was dispatched while the daemon began to drain waits for another, and is not left lying', async () => {
  const host = new Host();
  host.store.seed({ executionId: 'a' });
  const { store } = host;
  const dispatch = store.dispatch.bind(store);
  store.dispatch = async (...given) => {
    const result = await dispatch(...given);
    await host.pool.drain();
    return result;
  };
  expect(await host.orchestrator().pass()).toEqual({ local: 0, lambda: 0, failed: 0 });
  expect(host.started).toEqual([]);
  expect(host.state('a')).toMatch(/^RETRY_WAIT/);
});

test('a worker that dies frees its slot and leaves a line', async () => {
  const host = new Host();
  const pool = new LocalPool(1, () => Promise.reject(new Error('heap')), host.log);
  pool.start({});
  expect(pool.free).toBe(0);
  await pool.freed();
  expect(pool.free).toBe(1);
  expect(host.logged('local_worker_died')).toHaveLength(1);
});
