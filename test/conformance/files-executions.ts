import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../runtime/core/clock.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import type { ExecutionRecord } from '../../runtime/files/store/execution-record.ts';
import type { TransitionResult } from '../../runtime/files/store/execution-store.ts';
import type { ExecutionTable } from '../../runtime/files/store/execution-table.ts';
import type { FilesMetric } from '../../runtime/files/store/metrics.ts';
import { TableExecutions } from '../../runtime/files/store/table-executions.ts';
import { collect } from '../support/collect.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogCapture } from '../support/log-capture.ts';
import { MetricCounts } from '../support/metric-counts.ts';

export type MakeExecutionTable = () => Promise<(clock: Clock) => ExecutionTable>;

const LAMBDA = { target: 'lambda', reason: 'queue-pressure' } as const;
const LOCAL = { target: 'local', reason: 'local-slot-free' } as const;
const counts = { records: 3, errors: 0, warnings: 0, messages: 1 };
const why = { errorClass: 'RESOURCE', errorId: 'e-1', reason: 'it broke' };

/** Records with one conditional write a transition (contract files §2). */
export function defineExecutionStoreConformance(name: string, makeTable: MakeExecutionTable): void {
  describe(`records of executions on ${name}`, () => {
    let tableFor: (clock: Clock) => ExecutionTable;
    beforeAll(async () => {
      tableFor = await makeTable();
    });

    const setUp = ({ epoch = 0 } = {}) => {
      const clock = new FakeClock({ auto: false });
      const metrics = { local: new MetricCounts<FilesMetric>(), lambda: new MetricCounts<FilesMetric>() };
      const capture = new LogCapture();
      const log = jsonLog(capture.write, () => 0);
      const table = tableFor(clock);
      const store = new TableExecutions({ table, clock, log, metrics, epoch });
      const id = `x-${randomUUID()}`;
      const made = async (more = {}) => (await store.create({ executionId: id, ...more })).record;
      const dispatched = async () => done(await store.dispatch(await made(), LAMBDA));
      const running = async (owner = 'a') => done(await store.start(await dispatched(), owner));
      const get = async () => (await store.get(id))!;
      return { clock, metrics, capture, store, table, id, made, dispatched, running, get };
    };

    const done = (result: TransitionResult): ExecutionRecord => {
      expect(result.status).toBe('done');
      return result.record!;
    };

    const finishedBy = async (store: TableExecutions): Promise<ExecutionRecord> => {
      const { record } = await store.create({ executionId: `x-${randomUUID()}` });
      const run = done(await store.start(done(await store.dispatch(record, LAMBDA)), 'a'));
      return done(
        await store.finish(run, { state: 'SUCCEEDED', counts, manifestKey: 'attempts/1-a/manifest.json' }),
      );
    };

    test('a new record is PENDING with what intake knows, and is made once', async () => {
      const { store, id, get, clock } = setUp();
      const known = {
        inputs: [{ sourceExecutionId: id, filename: 'año.csv', sizeBytes: 12, sha256: 'ab' }],
        parents: ['p1'],
        yamlRef: { sourceExecutionId: 'p1', filename: 'spec.yaml' },
        yamlSha256: 'cd',
        inputSha256: ['ab'],
        options: { package: 'Ventas', camelCase: { Snake_Case: [1, null, true] } },
        priority: 5,
        codeVersion: '1.0.0',
        region: 'eu-central-1',
      };
      const now = new Date(clock.nowMillis()).toISOString();
      const { status, record } = await store.create({ executionId: id, ...known });
      expect(status).toBe('created');
      expect(record).toMatchObject({
        state: 'PENDING',
        attempt: 0,
        epoch: 0,
        v: 1,
        createdAt: now,
        ...known,
      });
      expect(await get()).toEqual(record);
      expect(await store.create({ executionId: id })).toEqual({ status: 'exists', record });
      expect(await store.get(`${id}-absent`)).toBeUndefined();
    });

    test('the way of a good run', async () => {
      const { store, clock, made, get, metrics } = setUp();
      const pending = await made();
      clock.jump(1000);
      const sent = done(await store.dispatch(pending, LAMBDA));
      expect(sent).toMatchObject({ state: 'DISPATCHED', attempt: 1, ...LAMBDA });
      expect(sent.updatedAt > pending.updatedAt).toBe(true);
      const run = done(await store.start(sent, 'a'));
      expect(run).toMatchObject({ state: 'RUNNING', attempt: 1, ownerId: 'a', startedAt: run.heartbeatAt });
      clock.jump(30_000);
      expect(await store.heartbeat(run)).toEqual({ isOwn: true, isCancelled: false });
      expect((await get()).heartbeatAt! > run.heartbeatAt!).toBe(true);
      expect((await get()).updatedAt).toBe(run.updatedAt);
      const manifestKey = 'attempts/1-a/manifest.json';
      const end = done(await store.finish(run, { state: 'PARTIAL', counts, manifestKey }));
      expect(end).toMatchObject({ state: 'PARTIAL', counts, manifestKey });
      expect(end.publishedAt).toBeUndefined();
      expect(await store.markPublished(end)).toBe(true);
      const { publishedAt } = await get();
      clock.jump(1000);
      expect(await store.markPublished(end)).toBe(false);
      expect((await get()).publishedAt).toBe(publishedAt);
      expect(metrics.lambda.counts).toEqual({ ExecutionsStarted: 1, ExecutionsPartial: 1 });
      expect(metrics.local.counts).toEqual({});
    });

    test('a record that moved on refuses whoever saw it before', async () => {
      const { store, dispatched, capture, get, id } = setUp();
      const sent = await dispatched();
      const run = done(await store.start(sent, 'a'));
      expect(await store.start(sent, 'b')).toEqual({ status: 'refused', record: run });
      expect((await get()).ownerId).toBe('a');
      expect(capture.of('transition_refused')).toMatchObject([
        {
          level: 'INFO',
          execution_id: id,
          from: 'DISPATCHED',
          to: 'RUNNING',
          attempt: 1,
          now_state: 'RUNNING',
        },
      ]);
      expect(await store.markStale({ ...run, executionId: `${id}-absent` }, 'x')).toEqual({
        status: 'refused',
        record: undefined,
      });
    });

    test('what the state machine does not have is refused and logged, without a call', async () => {
      const { store, made, capture, get } = setUp();
      const pending = await made();
      expect(await store.fail(pending, { ...why, retryable: true })).toEqual({
        status: 'impossible',
        record: pending,
      });
      expect(await get()).toEqual(pending);
      expect(capture.of('transition_impossible')).toMatchObject([
        { level: 'WARN', from: 'PENDING', to: 'ERRORED' },
      ]);
    });

    test('one of many at once moves a record', async () => {
      const { store, made, get } = setUp();
      const pending = await made();
      const results = await Promise.all(Array.from({ length: 10 }, () => store.dispatch(pending, LAMBDA)));
      expect(results.filter(({ status }) => status === 'done')).toHaveLength(1);
      expect((await get()).attempt).toBe(1);
    });

    test('an error, a pause, the next attempt: nothing of the last one stays', async () => {
      const { store, running, clock, metrics } = setUp();
      const failed = done(await store.fail(await running(), { ...why, retryable: true }));
      expect(failed).toMatchObject({ state: 'ERRORED', ...why, retryable: true, ownerId: 'a' });
      const nextRetryAtMillis = clock.nowMillis() + 30_000;
      const waiting = done(await store.retryLater(failed, { nextRetryAtMillis, reason: 'backoff' }));
      expect(waiting).toMatchObject({
        state: 'RETRY_WAIT',
        nextRetryAt: new Date(nextRetryAtMillis).toISOString(),
        errorId: 'e-1',
      });
      const again = done(await store.dispatch(waiting, LOCAL));
      expect(again).toMatchObject({ state: 'DISPATCHED', attempt: 2, ...LOCAL });
      for (const field of [
        'ownerId',
        'heartbeatAt',
        'startedAt',
        'endedAt',
        'nextRetryAt',
        'errorId',
        'retryable',
      ])
        expect(again).not.toHaveProperty(field);
      expect(metrics.local.counts).toEqual({ Retries: 1 });
      expect(metrics.lambda.counts).toEqual({ ExecutionsStarted: 1, ExecutionsErrored: 1 });
    });

    test('DISPATCHED again only to another target', async () => {
      const { store, dispatched } = setUp();
      const sent = await dispatched();
      expect((await store.dispatch(sent, LAMBDA)).status).toBe('impossible');
      expect(done(await store.dispatch(sent, LOCAL))).toMatchObject({ attempt: 2, target: 'local' });
    });

    test('a takeover: same attempt, new owner; the old one is refused from then on', async () => {
      const { store, running, metrics } = setUp();
      const run = await running();
      expect((await store.start(run, 'a')).status).toBe('impossible');
      const taken = done(await store.start(run, 'b'));
      expect(taken).toMatchObject({ state: 'RUNNING', attempt: 1, ownerId: 'b' });
      expect(await store.heartbeat(run)).toMatchObject({ isOwn: false });
      const manifestKey = 'attempts/1-a/manifest.json';
      expect((await store.finish(run, { state: 'SUCCEEDED', counts, manifestKey })).status).toBe('refused');
      expect(metrics.lambda.counts).toEqual({ ExecutionsStarted: 1 });
    });

    test('a verdict names only the manifest of its own attempt and owner; also after STALE', async () => {
      const { store, running } = setUp();
      const run = await running();
      const finish = (record: ExecutionRecord, manifestKey: string) =>
        store.finish(record, { state: 'SUCCEEDED', counts, manifestKey });
      for (const other of ['attempts/1-b/manifest.json', 'attempts/2-a/manifest.json', 'manifest.json'])
        expect((await finish(run, other)).status).toBe('impossible');
      const gone = done(await store.markStale(run, 'heartbeat'));
      expect((await finish(gone, 'attempts/1-b/manifest.json')).status).toBe('impossible');
      expect(done(await finish(gone, 'attempts/1-a/manifest.json')).state).toBe('SUCCEEDED');
    });

    test('drained, rejected, buried, redriven', async () => {
      const { store, running } = setUp();
      const back = done(await store.handBack(await running()));
      expect(back).toMatchObject({ state: 'PENDING', attempt: 1 });
      expect(back.ownerId).toBeUndefined();
      const dead = done(await store.bury(back, { errorClass: 'CANCELLED', reason: 'cancelled' }));
      expect(dead).toMatchObject({ state: 'DEAD', errorClass: 'CANCELLED', retryable: false });
      const when = { nextRetryAtMillis: 0, reason: 'redrive' };
      expect((await store.retryLater(dead, when)).status).toBe('impossible');
      const waiting = done(await store.retryLater(dead, { ...when, byOperator: true }));
      expect(waiting.state).toBe('RETRY_WAIT');

      const other = setUp();
      const config = { errorClass: 'CONFIG', reason: 'bad event' };
      const rejected = done(await other.store.reject(await other.made(), config));
      expect(rejected).toMatchObject({ state: 'REJECTED', ...config });
      expect(rejected.manifestKey).toBeUndefined();
      expect(await other.store.markPublished(rejected)).toBe(false);
    });

    test('a cancel request is seen at the next heartbeat; what has ended takes none', async () => {
      const { store, running, id } = setUp();
      const run = await running();
      expect(await store.requestCancel(id)).toBe(true);
      expect(await store.heartbeat(run)).toEqual({ isOwn: true, isCancelled: true });
      const dead = done(await store.bury(run, { errorClass: 'CANCELLED', reason: 'cancelled' }));
      expect(await store.requestCancel(id)).toBe(false);
      expect(await store.requestCancel(`${id}-absent`)).toBe(false);
      const when = { nextRetryAtMillis: 0, reason: 'redrive', byOperator: true };
      expect(done(await store.retryLater(dead, when)).cancelRequestedAt).toBeUndefined();
    });

    test('by state, the longest unchanged first, within bounds, unpublished alone', async () => {
      const first = setUp();
      const { clock } = first;
      const started = clock.nowMillis();
      const records: ExecutionRecord[] = [];
      for (let n = 0; n < 3; n++) {
        records.push(await finishedBy(first.store));
        clock.jump(60_000);
      }
      await first.store.markPublished(records[1]!);
      const ids = records.map(({ executionId }) => executionId);
      const found = async (query = {}) => {
        const all = await collect(first.store.byState('SUCCEEDED', query));
        return all.map(({ executionId }) => executionId).filter((id) => ids.includes(id));
      };
      await expect.poll(() => found(), { timeout: 5000 }).toEqual(ids);
      expect(await found({ updatedUntilMillis: started + 60_000 })).toEqual(ids.slice(0, 2));
      expect(await found({ updatedFromMillis: started + 60_000 })).toEqual(ids.slice(1));
      expect(await found({ isUnpublished: true })).toEqual([ids[0], ids[2]]);
    });

    test('files T60: a worker of the last epoch is refused, the new epoch’s detector dispatches again', async () => {
      const seven = setUp({ epoch: 7 });
      const run = await seven.running();
      expect(run.epoch).toBe(7);
      await seven.table.update(seven.id, { equal: { epoch: 7 }, absent: [] }, { set: { epoch: 8 } });
      const manifestKey = 'attempts/1-a/manifest.json';
      const verdict = await seven.store.finish(run, { state: 'SUCCEEDED', counts, manifestKey });
      expect(verdict.status).toBe('refused');
      expect(await seven.store.heartbeat(run)).toMatchObject({ isOwn: false });
      const raised = await seven.get();
      expect(raised).toMatchObject({ state: 'RUNNING', attempt: 1, epoch: 8 });
      expect(raised.manifestKey).toBeUndefined();

      const eight = new TableExecutions({
        table: seven.table,
        clock: seven.clock,
        log: jsonLog(
          () => {},
          () => 0,
        ),
        metrics: seven.metrics,
        epoch: 8,
      });
      const stale = done(await eight.markStale(raised, 'epoch'));
      const waiting = done(await eight.retryLater(stale, { nextRetryAtMillis: 0, reason: 'epoch' }));
      expect(done(await eight.dispatch(waiting, LAMBDA))).toMatchObject({ attempt: 2, epoch: 8 });
    });
  });
}
