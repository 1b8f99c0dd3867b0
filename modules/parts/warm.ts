import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingScheduledAction } from '@cdktf/provider-aws/lib/appautoscaling-scheduled-action';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import type { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaProvisionedConcurrencyConfig } from '@cdktf/provider-aws/lib/lambda-provisioned-concurrency-config';
import type { Construct } from 'constructs';
import {
  all,
  attribute,
  type Condition,
  type Count,
  choose,
  expression,
  given,
  hcl,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';

/** Everything that calls a function calls this alias, so that warm environments can stand behind it. */
export const ALIAS = 'live';

/** Share of warm environments in use at which more are made. */
const SCALE_AT_UTILISATION = 0.7;

/** How many environments are kept warm. */
export interface WarmRange {
  readonly min: Settable<number>;
  readonly max: Settable<number>;
}

/** When they are: `cron(…)` or `rate(…)`, in a time zone of IANA; default: UTC. */
export interface WarmTimes {
  readonly start: string;
  readonly stop: string;
  readonly timezone?: string | undefined;
}

export interface WarmProps {
  readonly when: Condition;
  readonly name: string;
  readonly function: LambdaFunction | undefined;
  readonly alias: LambdaAlias | undefined;
  readonly provisionedConcurrency: Optional<WarmRange>;
  readonly provisionedSchedule?: Optional<WarmTimes>;
}

/** Keeps environments of a function warm and lets their number follow the load, or the clock too. */
export function keepWarm(scope: Construct, props: WarmProps): void {
  const { name, provisionedConcurrency, provisionedSchedule } = props;
  const range = unwrap(provisionedConcurrency);
  const wanted = all(props.when, given(provisionedConcurrency));
  if (!range || wanted === false) return;
  const provisioned = provision(scope, wanted, range, props);
  const target = {
    resourceId: `function:${name}:${ALIAS}`,
    scalableDimension: 'lambda:function:ProvisionedConcurrency',
    serviceNamespace: 'lambda',
  };
  const scalable = when(
    wanted,
    (count) =>
      new AppautoscalingTarget(scope, 'appautoscaling_target', {
        ...target,
        minCapacity: numberOf(range.min),
        maxCapacity: numberOf(range.max),
        ...after(provisioned),
        ...count,
      }),
  );
  const dependent = after(scalable);
  when(wanted, (count) => followLoad(scope, { ...target, name, ...dependent, ...count }));
  when(all(wanted, given(provisionedSchedule)), (count) => {
    const { start = '', stop = '', timezone } = unwrap(provisionedSchedule) ?? {};
    const at = (id: 'start' | 'stop', schedule: string, min: Settable<number>, max: Settable<number>) =>
      new AppautoscalingScheduledAction(scope, `warm_${id}`, {
        ...target,
        name: `${name}-warm-${id}`,
        schedule,
        ...(timezone === undefined ? {} : { timezone: orUtc(timezone) }),
        scalableTargetAction: { minCapacity: `${min}`, maxCapacity: `${max}` },
        ...dependent,
        ...count,
      });
    at('start', start, range.min, range.max);
    at('stop', stop, 0, 0);
    return true;
  });
}

const after = <R>(resource: R | undefined) => (resource ? { dependsOn: [resource] } : {});

/** An optional field of a variable is null where it was left out. */
const orUtc = (timezone: string) => choose(expression(`${hcl(timezone)} == null`), 'UTC', timezone);

const provision = (scope: Construct, wanted: Condition, range: WarmRange, props: WarmProps) =>
  when(
    wanted,
    (count) =>
      new LambdaProvisionedConcurrencyConfig(scope, 'provisioned_concurrency_config', {
        functionName: attribute(props.function, 'function_name'),
        qualifier: attribute(props.alias, 'name'),
        provisionedConcurrentExecutions: numberOf(range.min),
        // The scaling below moves it.
        lifecycle: { ignoreChanges: ['provisioned_concurrent_executions'] },
        ...count,
      }),
  );

type Target = Count & {
  readonly resourceId: string;
  readonly scalableDimension: string;
  readonly serviceNamespace: string;
  readonly name: string;
};

const followLoad = (scope: Construct, { name, ...target }: Target) =>
  new AppautoscalingPolicy(scope, 'appautoscaling_policy', {
    ...target,
    name: `${name}-provisioned-concurrency`,
    policyType: 'TargetTrackingScaling',
    targetTrackingScalingPolicyConfiguration: {
      targetValue: SCALE_AT_UTILISATION,
      predefinedMetricSpecification: { predefinedMetricType: 'LambdaProvisionedConcurrencyUtilization' },
    },
  });
