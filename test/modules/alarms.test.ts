import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blocks, type Synthesised, synthBot, synthModule } from './synth.ts';

/** Filters that feed an alarm: log group → pattern. */
function linesBehind(stack: Synthesised, alarm: string): Readonly<Record<string, string>> {
  const { metric_name: name, namespace } =
    stack.resource.aws_cloudwatch_metric_alarm?.[`alarm_${alarm}`] ?? {};
  const filters = blocks(stack, 'aws_cloudwatch_log_metric_filter').filter(
    ({ metric_transformation: to }) => to.name === name && to.namespace === namespace,
  );
  return Object.fromEntries(filters.map(({ log_group_name, pattern }) => [log_group_name, pattern]));
}

const WORKER = '${aws_cloudwatch_log_group.worker.name}';
const INGRESS = '${aws_cloudwatch_log_group.ingress.name}';
const CAPTURED = '{ $.message = "failed_event_captured" && $.reason != "status_failed" }';

describe('what is given up rings', () => {
  test('captured events of both functions', () => {
    expect(linesBehind(synthBot(), 'failed_events')).toEqual({ [WORKER]: CAPTURED, [INGRESS]: CAPTURED });
    const { threshold, comparison_operator } =
      synthBot().resource.aws_cloudwatch_metric_alarm?.alarm_failed_events ?? {};
    expect([comparison_operator, threshold]).toEqual(['GreaterThanThreshold', 0]);
  });

  test('the log of a single function is counted once', () => {
    expect(linesBehind(synthBot({ singleFunction: true }), 'failed_events')).toEqual({ [WORKER]: CAPTURED });
    const filter = synthModule().resource.aws_cloudwatch_log_metric_filter?.ingress_failed_events;
    expect(filter?.count).toBe('${(var.alarms) && (!(var.single_function)) ? 1 : 0}');
  });
});

test('failures that Lambda does not see as errors ring, but not for the retries of one message', () => {
  const fifo = synthBot({ busyPolicy: 'fifo' });
  expect(linesBehind(fifo, 'failed_attempts')).toEqual({
    [WORKER]: '{ $.message = "worker_job_finished" && $.status = "failed" }',
  });
  const { threshold, period, evaluation_periods } =
    fifo.resource.aws_cloudwatch_metric_alarm?.alarm_failed_attempts ?? {};
  expect({ threshold, period, evaluation_periods }).toEqual({
    threshold: 4,
    period: 300,
    evaluation_periods: 1,
  });
});

test('every line that a filter counts is one that the functions write', () => {
  const sources = globSync('runtime/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const written = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/\.(?:info|warn|error|critical)\(\s*'([a-z_]+)'/g)].map(([, line]) => line),
    ),
  );
  const filters = blocks(synthModule(), 'aws_cloudwatch_log_metric_filter');
  const counted = filters.flatMap(({ pattern }) => [...pattern.matchAll(/\$\.message = "(\w+)"/g)]);
  expect(counted).toHaveLength(5);
  for (const [, line] of counted) expect(written, line).toContain(line);
});
