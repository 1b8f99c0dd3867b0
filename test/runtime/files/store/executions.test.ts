import { describe, expect, test } from 'vitest';
import { plainItem, storedItem } from '../../../../runtime/core/dynamodb-values.ts';
import { EXECUTION_STATES } from '../../../../runtime/files/store/execution-record.ts';
import { recordOf, storedFields } from '../../../../runtime/files/store/record-items.ts';
import { isPossible, isTerminal } from '../../../../runtime/files/store/state-machine.ts';
import { awsError } from '../../../support/tap.ts';
import { done, LAMBDA, storeWorld } from './world.ts';

describe('the state machine', () => {
  /** As contract files §2 has it. */
  const POSSIBLE = `
    PENDING DISPATCHED REJECTED DEAD
    DISPATCHED RUNNING RETRY_WAIT REJECTED ERRORED STALE DEAD
    RUNNING SUCCEEDED PARTIAL REJECTED ERRORED STALE PENDING DEAD
    ERRORED RETRY_WAIT DEAD
    STALE RETRY_WAIT
    RETRY_WAIT DISPATCHED DEAD`
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '));

  test('has these transitions without more ado, and no other', () => {
    const possible = EXECUTION_STATES.flatMap((from) =>
      EXECUTION_STATES.filter((to) => isPossible(from, to)).map((to) => `${from} ${to}`),
    );
    const expected = POSSIBLE.flatMap(([from, ...tos]) => tos.map((to) => `${from} ${to}`));
    expect(possible.sort()).toEqual(expected.sort());
  });

  test('has these with a reason of their own', () => {
    const all = ['other-target', 'new-owner', 'own-manifest', 'operator'] as const;
    const conditional = EXECUTION_STATES.flatMap((from) =>
      EXECUTION_STATES.flatMap((to) =>
        all
          .filter((met) => !isPossible(from, to) && isPossible(from, to, [met]))
          .map((met) => [from, to, met]),
      ),
    );
    expect(conditional.sort()).toEqual([
      ['DEAD', 'RETRY_WAIT', 'operator'],
      ['DISPATCHED', 'DISPATCHED', 'other-target'],
      ['RUNNING', 'RUNNING', 'new-owner'],
      ['STALE', 'PARTIAL', 'own-manifest'],
      ['STALE', 'REJECTED', 'own-manifest'],
      ['STALE', 'SUCCEEDED', 'own-manifest'],
    ]);
  });

  test('ends in four states', () => {
    expect(EXECUTION_STATES.filter(isTerminal)).toEqual(['SUCCEEDED', 'PARTIAL', 'REJECTED', 'DEAD']);
  });
});

describe('lost answers', () => {
  test.each(['PutItem', 'UpdateItem'])('%s is known to be done when it is repeated', async (operation) => {
    const { executions, dynamodb, metrics } = storeWorld();
    let isLost = false;
    dynamodb.tap.after = ({ name }) => {
      if (name !== operation || isLost) return;
      isLost = true;
      throw awsError('InternalServerError', 500);
    };
    const created = await executions.create({ executionId: 'a1' });
    expect(created.status).toBe('created');
    const run = done(await executions.start(done(await executions.dispatch(created.record, LAMBDA)), 'a'));
    expect(run).toMatchObject({ state: 'RUNNING', attempt: 1 });
    expect(isLost).toBe(true);
    expect(metrics.lambda.counts).toEqual({ ExecutionsStarted: 1 });
  });

  test('a lock that was released, and its answer lost, counts as released', async () => {
    const { lock, dynamodb } = storeWorld();
    await lock.acquire('a1', 'a');
    let isLost = false;
    dynamodb.tap.after = ({ name }) => {
      if (name !== 'DeleteItem' || isLost) return;
      isLost = true;
      throw awsError('InternalServerError', 500);
    };
    expect(await lock.release('a1', 'a')).toBe(true);
  });
});

test('a lock table that is out of reach is an error, not a refusal', async () => {
  const { lock, dynamodb } = storeWorld();
  dynamodb.tap.before = () => {
    throw awsError('ThrottlingException', 400);
  };
  for (const call of [() => lock.acquire('a1'), () => lock.refresh('a1', 'a'), () => lock.release('a1', 'a')])
    await expect(call()).rejects.toMatchObject({ name: 'AwsCallError', errorClass: 'transient' });
});

describe('the record as it is stored', () => {
  /** What release 0.1 writes; later releases read it. */
  const STORED = {
    v: 1,
    execution_id: 'a1',
    state: 'RUNNING',
    attempt: 2,
    epoch: 0,
    created_at: '2026-11-21T10:00:00.000Z',
    updated_at: '2026-11-21T10:00:01.000Z',
    started_at: '2026-11-21T10:00:01.000Z',
    heartbeat_at: '2026-11-21T10:00:31.000Z',
    inputs: [{ source_execution_id: 'a1', filename: 'a.csv', size_bytes: 4, sha256: 'ab' }],
    parents: ['p1'],
    yaml_ref: { source_execution_id: 'p1', filename: 'spec.yaml' },
    yaml_sha256: 'cd',
    input_sha256: ['ab'],
    options: { package: 'x', delimiters: { ventasMes: ';' } },
    target: 'lambda',
    reason: 'cpu',
    owner_id: 'a',
    counts: { records: 1, errors: 0, warnings: 0, messages: 0 },
    write_id: 'w',
    expires_at: 1_790_000_000,
  };

  test('is read under our names and written again under the same', () => {
    const record = recordOf(plainItem(storedItem(STORED)));
    expect(record).toMatchObject({
      executionId: 'a1',
      heartbeatAt: '2026-11-21T10:00:31.000Z',
      inputs: [{ sourceExecutionId: 'a1', filename: 'a.csv', sizeBytes: 4, sha256: 'ab' }],
      yamlRef: { sourceExecutionId: 'p1' },
      yamlSha256: 'cd',
      inputSha256: ['ab'],
      options: { delimiters: { ventasMes: ';' } },
    });
    const { expires_at: _, ...fields } = STORED;
    expect(storedFields(record)).toEqual(fields);
  });

  test('of a later release is refused', () => {
    expect(() => recordOf({ ...STORED, v: 2 })).toThrow(/version 2/);
  });

  test('is kept for 90 days after its last transition', async () => {
    const { executions, dynamodb, clock } = storeWorld();
    const { record } = await executions.create({ executionId: 'a1' });
    const kept = () => Number(dynamodb.item('a1', 'executions')?.expires_at?.N);
    const in90Days = () => Math.floor(clock.nowMillis() / 1000) + 90 * 86_400;
    expect(kept()).toBe(in90Days());
    clock.jump(86_400_000);
    await executions.dispatch(record, LAMBDA);
    expect(kept()).toBe(in90Days());
  });
});
