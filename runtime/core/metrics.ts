/** Numbers for dashboards and alarms, written as log lines that CloudWatch reads (embedded metric format). */
export interface Metrics<Name extends string = string> {
  /** Adds to a counter; default 1. */
  count(name: Name, value?: number): void;
  /** A measured value. */
  value(name: Name, value: number, unit: MetricUnit): void;
}

/** Units of CloudWatch. */
export type MetricUnit =
  | 'Count'
  | 'Milliseconds'
  | 'Seconds'
  | 'Bytes'
  | 'Megabytes'
  | 'Percent'
  | 'Count/Second'
  | 'None';

/**
 * One line a value. `namespace` is the CloudWatch namespace, 1 to 255 characters. `dimensions`, default none, are few
 * and of few values each: every combination is a metric that costs money.
 */
export function logMetrics<Name extends string>(
  write: (line: string) => void,
  nowMillis: () => number,
  namespace: string,
  dimensions: Readonly<Record<string, string>> = {},
): Metrics<Name> {
  const put = (name: Name, value: number, unit: MetricUnit) =>
    write(
      JSON.stringify({
        _aws: {
          Timestamp: nowMillis(),
          CloudWatchMetrics: [
            {
              Namespace: namespace,
              Dimensions: [Object.keys(dimensions)],
              Metrics: [{ Name: name, Unit: unit }],
            },
          ],
        },
        ...dimensions,
        [name]: value,
      }),
    );
  return { count: (name, value = 1) => put(name, value, 'Count'), value: put };
}
