/** Numbers for dashboards and alarms, written as log lines that CloudWatch reads (embedded metric format). */
export interface Metrics<Name extends string = string> {
  /** Adds to a counter; default 1. */
  count(name: Name, value?: number): void;
  /** A measured value. */
  value(name: Name, value: number, unit: MetricUnit): void;
}

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

/** One line a value, without dimensions. `namespace` is the CloudWatch namespace, 1 to 255 characters. */
export function logMetrics<Name extends string>(
  write: (line: string) => void,
  nowMillis: () => number,
  namespace: string,
): Metrics<Name> {
  const put = (name: Name, value: number, unit: MetricUnit) =>
    write(
      JSON.stringify({
        _aws: {
          Timestamp: nowMillis(),
          CloudWatchMetrics: [
            { Namespace: namespace, Dimensions: [[]], Metrics: [{ Name: name, Unit: unit }] },
          ],
        },
        [name]: value,
      }),
    );
  return { count: (name, value = 1) => put(name, value, 'Count'), value: put };
}
