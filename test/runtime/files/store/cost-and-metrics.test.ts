import { expect, test } from 'vitest';
import { costOf, PRICES } from '../../../../runtime/files/store/cost.ts';
import { filesMetrics } from '../../../../runtime/files/store/metrics.ts';

test('files T57: 2,048 MB for 60,000 ms', () => {
  const run = { memoryMb: 2048, billedMillis: 60_000 };
  expect(costOf(run, PRICES.x86_64).compute.toFixed(7)).toBe('0.0020000');
  expect(costOf(run, PRICES.arm64).compute.toFixed(7)).toBe('0.0016000');
  const aDay = (prices: typeof PRICES.arm64) => (24_000 * costOf(run, prices).total).toFixed(2);
  expect([aDay(PRICES.x86_64), aDay(PRICES.arm64)]).toEqual(['48.00', '38.40']);
});

test('requests and the temp folder above 512 MB are paid for', () => {
  const run = { memoryMb: 1024, billedMillis: 10_000, ephemeralMb: 1536, requests: 2 };
  const prices = { gbSecond: 0.1, millionRequests: 1_000_000, ephemeralGbSecond: 0.01 };
  expect(costOf(run, prices)).toEqual({ compute: 1, requests: 2, ephemeral: 0.1, total: 3.1 });
  expect(costOf({ ...run, ephemeralMb: 512 }, prices).ephemeral).toBe(0);
});

test('a metric of files has the namespace and two dimensions', () => {
  const lines: string[] = [];
  const metrics = filesMetrics(
    (line) => lines.push(line),
    () => 1000,
    'prod',
  );
  metrics.local.count('LockTakeover');
  metrics.lambda.value('ProcessingTime', 12, 'Milliseconds');
  const line = (Name: string, Unit: string, Target: string, value: number) => ({
    _aws: {
      Timestamp: 1000,
      CloudWatchMetrics: [
        { Namespace: 'SAGE', Dimensions: [['Target', 'Environment']], Metrics: [{ Name, Unit }] },
      ],
    },
    Target,
    Environment: 'prod',
    [Name]: value,
  });
  expect(lines.map((text) => JSON.parse(text))).toEqual([
    line('LockTakeover', 'Count', 'local', 1),
    line('ProcessingTime', 'Milliseconds', 'lambda', 12),
  ]);
});
