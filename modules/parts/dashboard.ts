import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { type Condition, when } from './optional.ts';

export interface Graph {
  readonly title: string;
  /**
   * Namespace, metric name, then dimension names and values in turn; at the end an object of CloudWatch's options,
   * and an object alone for an expression.
   */
  readonly metrics: readonly (readonly unknown[])[];
  /** Default: Sum. */
  readonly statistic?: string;
  /** Length of a period, in seconds; default: 300. */
  readonly periodSeconds?: number;
  /** Areas on top of each other. Default: lines. */
  readonly isStacked?: boolean;
}

export interface DashboardProps {
  readonly when: Condition;
  readonly name: string;
  readonly region: string;
  readonly graphs: readonly Graph[];
}

/** Two graphs a row on CloudWatch's grid of 24 columns. */
const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 6;

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { when: condition, name, region, graphs }: DashboardProps) {
    super(scope, id);
    const widgets = graphs.map((graph, index) => widget(graph, index, region));
    when(
      condition,
      (count) =>
        new CloudwatchDashboard(this, 'Default', {
          dashboardName: name,
          dashboardBody: JSON.stringify({ widgets }),
          ...count,
        }),
    );
  }
}

const widget = ({ title, metrics, ...how }: Graph, index: number, region: string) => ({
  type: 'metric',
  x: (index % COLUMNS) * WIDTH,
  y: Math.floor(index / COLUMNS) * HEIGHT,
  width: WIDTH,
  height: HEIGHT,
  properties: {
    title,
    region,
    stat: how.statistic ?? 'Sum',
    period: how.periodSeconds ?? 300,
    view: 'timeSeries',
    ...(how.isStacked && { stacked: true }),
    metrics,
  },
});
