import { describe, expect, test } from 'vitest';
import { operationsHtml } from '../../../../runtime/files/operations/page.ts';
import { panelsOf } from '../../../../runtime/files/operations/panels.ts';
import type { ExecutionRecord } from '../../../../runtime/files/store/execution-record.ts';

const NOW = Date.parse('2026-03-04T12:00:00.000Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

const record = (given: Partial<ExecutionRecord>): ExecutionRecord => ({
  v: 1,
  executionId: 'a1',
  state: 'SUCCEEDED',
  attempt: 1,
  epoch: 0,
  createdAt: ago(60),
  updatedAt: ago(30),
  inputs: [],
  parents: [],
  ...given,
});

/** A run that took so many seconds and ended half an hour ago. */
const run = (target: 'local' | 'lambda', seconds: number, given: Partial<ExecutionRecord> = {}) =>
  record({
    target,
    startedAt: new Date(NOW - 30 * 60_000 - seconds * 1_000).toISOString(),
    endedAt: ago(30),
    ...given,
  });

const panels = (...records: readonly ExecutionRecord[]) =>
  panelsOf(records, { nowMillis: NOW, days: 7, costOf: (millis) => millis / 1_000_000 });

describe('the panels of operations', () => {
  test('what ran where, by day, and the share of Lambda', () => {
    const { split, lambdaPercent } = panels(
      run('local', 10),
      run('local', 10),
      run('lambda', 10),
      run('lambda', 5),
    );
    expect(split).toHaveLength(8);
    expect(split.at(-1)).toMatchObject({ local: 2, lambda: 2 });
    expect(lambdaPercent).toBe(50);
    expect(panels().lambdaPercent).toBeUndefined();
  });

  test('how long runs took, by where they ran; what runs still has no time', () => {
    const seconds = Array.from({ length: 100 }, (_, index) => run('lambda', index + 1));
    const { endedAt: _, ...running } = run('local', 1);
    const { processing } = panels(...seconds, run('local', 7), running);
    expect(processing.lambda).toEqual({ count: 100, mean: 50_500, p50: 50_000, p95: 95_000, p99: 99_000 });
    expect(processing.local).toMatchObject({ count: 1, p99: 7_000 });
  });

  test('how executions ended', () => {
    const { outcomes } = panels(
      record({ state: 'SUCCEEDED' }),
      record({ state: 'PARTIAL' }),
      record({ state: 'REJECTED' }),
      record({ state: 'ERRORED' }),
      record({ state: 'DEAD' }),
      record({ state: 'RUNNING' }),
    );
    expect(outcomes).toEqual({ Éxito: 1, Parcial: 1, Fallido: 1, Errored: 2 });
  });

  test('what a day cost on Lambda, on its day', () => {
    const { cost } = panels(run('lambda', 60), run('lambda', 40), run('local', 1_000));
    expect(cost).toHaveLength(7);
    expect(cost.at(-1)).toEqual({ day: '2026-03-04', usd: 0.1 });
    expect(cost[0]).toEqual({ day: '2026-02-26', usd: 0 });
  });

  test('what waits, and what nobody sees to', () => {
    const { waiting, stuck } = panels(
      record({ executionId: 'waits', state: 'PENDING', updatedAt: ago(2) }),
      record({ executionId: 'again', state: 'RETRY_WAIT', updatedAt: ago(5) }),
      record({ executionId: 'silent', state: 'RUNNING', updatedAt: ago(40), heartbeatAt: ago(15) }),
      record({ executionId: 'beats', state: 'RUNNING', updatedAt: ago(40), heartbeatAt: ago(1) }),
      record({ executionId: 'dead', state: 'DEAD', updatedAt: ago(50) }),
      record({ executionId: 'done' }),
    );
    expect(waiting).toEqual({ count: 2, oldestSeconds: 300 });
    expect(stuck.map(({ executionId }) => executionId)).toEqual(['dead', 'silent']);
  });

  test('a record older than the time that is looked at counts no more', () => {
    expect(panels(run('lambda', 1, { createdAt: ago(60 * 24 * 8) })).outcomes.Éxito).toBe(0);
  });
});

test('the page shows what stands in a record as text, and loads nothing', () => {
  const page = operationsHtml(
    panels(record({ state: 'DEAD', reason: '<script>x</script>' }), run('lambda', 3)),
    'sage-operations',
  );
  expect(page).not.toContain('<script');
  expect(page).toContain('&#60;script&#62;');
  expect(page).not.toMatch(/(src|href)=|url\(/);
  expect(page).toMatch(/Local and Lambda[\s\S]*Processing time[\s\S]*Success and failure[\s\S]*Cost a day/);
});
