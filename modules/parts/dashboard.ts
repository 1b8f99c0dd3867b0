import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { type Condition, when } from './optional.ts';

export interface Graph {
  readonly title: string;
  /** Namespace, metric name, then dimension names and values in turn. */
  readonly metrics: readonly (readonly string[])[];
  /** Default: Sum. */
  readonly statistic?: string;
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
    const widgets = graphs.map(({ title, metrics, statistic = 'Sum' }, index) => ({
      type: 'metric',
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { title, region, stat: statistic, period: 300, view: 'timeSeries', metrics },
    }));
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
