import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { LambdaFunction } from './function.ts';
import { attribute, numberOf, type Settable } from './optional.ts';

export interface ScheduleProps {
  readonly of: LambdaFunction;
  readonly name: string;
  readonly description: string;
  /** EventBridge's `rate(…)` or `cron(…)`, in UTC. */
  readonly expression: string;
  /** Name of the permission; unique for the function. */
  readonly statementId: string;
  /** JSON that the function is given; default: EventBridge's own event. */
  readonly input?: string;
}

/** Runs a function again and again. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { of, input } = props;
    const rule = new CloudwatchEventRule(this, 'cloudwatch_event_rule', {
      name: props.name,
      description: props.description,
      scheduleExpression: props.expression,
    });
    const permission = new LambdaPermission(this, 'permission', {
      statementId: props.statementId,
      action: 'lambda:InvokeFunction',
      functionName: attribute(of.function, 'function_name'),
      qualifier: attribute(of.alias, 'name'),
      principal: 'events.amazonaws.com',
      sourceArn: attribute(rule, 'arn'),
    });
    new CloudwatchEventTarget(this, 'cloudwatch_event_target', {
      rule: attribute(rule, 'name'),
      arn: attribute(of.alias, 'arn'),
      ...(input === undefined ? {} : { input }),
      dependsOn: [permission],
    });
  }
}

export interface UnrepeatedProps {
  /** How long an invocation may wait for a free environment, in seconds, 60 to 21,600. */
  readonly maxAgeSeconds: Settable<number>;
  /** Queue for what failed or waited too long. Default: none. */
  readonly failureArn?: string;
  /** AWS refuses a queue that the role may not send to yet. */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/** Asynchronous invocations that fail are not repeated: somebody else sees to that. */
export const unrepeated = (scope: Construct, id: string, of: LambdaFunction, props: UnrepeatedProps) =>
  new LambdaFunctionEventInvokeConfig(scope, id, {
    functionName: attribute(of.function, 'function_name'),
    qualifier: attribute(of.alias, 'name'),
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: numberOf(props.maxAgeSeconds),
    ...(props.failureArn === undefined
      ? {}
      : { destinationConfig: { onFailure: { destination: props.failureArn } } }),
    ...(props.dependsOn ? { dependsOn: [...props.dependsOn] } : {}),
  });
