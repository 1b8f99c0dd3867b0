import { expect, test } from 'vitest';
import { jsonLog } from '../../../runtime/core/log.ts';
import { logMetrics } from '../../../runtime/core/metrics.ts';

test('a metric is a line that CloudWatch reads, in the namespace and without dimensions', () => {
  const lines: string[] = [];
  const metrics = logMetrics<'Turns' | 'LatencyMs'>(
    (line) => lines.push(line),
    () => 1000,
    'shop/dev',
  );
  metrics.count('Turns');
  metrics.value('LatencyMs', 12, 'Milliseconds');
  const directive = (Name: string, Unit: string) => ({
    Timestamp: 1000,
    CloudWatchMetrics: [{ Namespace: 'shop/dev', Dimensions: [[]], Metrics: [{ Name, Unit }] }],
  });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { _aws: directive('Turns', 'Count'), Turns: 1 },
    { _aws: directive('LatencyMs', 'Milliseconds'), LatencyMs: 12 },
  ]);
});

test('a log writes from its lowest level on, under the name it was told', () => {
  const lines: string[] = [];
  const log = (lowest?: 'DEBUG' | 'ERROR') =>
    jsonLog(
      (line) => lines.push(line),
      () => 0,
      { a: 1 },
      { nameField: 'event', ...(lowest && { lowest }) },
    );
  log().debug('no');
  log('DEBUG').with({ b: 2 }).debug('yes');
  log('ERROR').warn('no');
  log('ERROR').critical('yes');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 'DEBUG', timestamp: '1970-01-01T00:00:00.000Z', event: 'yes', a: 1, b: 2 },
    { level: 'CRITICAL', timestamp: '1970-01-01T00:00:00.000Z', event: 'yes', a: 1 },
  ]);
});
