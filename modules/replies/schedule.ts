import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../parts/function.ts';
import { attribute } from '../parts/optional.ts';

/** Runs a function every minute. A run that fails is not repeated: the next one does its work. */
export class EveryMinute extends Construct {
  constructor(scope: Construct, id: string, of: LambdaFunction, name: string) {
    super(scope, id);
    const functionName = attribute(of.function, 'function_name');
    const qualifier = attribute(of.alias, 'name');
    const rule = new CloudwatchEventRule(this, 'cloudwatch_event_rule', {
      name,
      description: 'Sweeps what a crash left undone',
      scheduleExpression: 'rate(1 minute)',
    });
    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'EveryMinute',
      action: 'lambda:InvokeFunction',
      functionName,
      qualifier,
      principal: 'events.amazonaws.com',
      sourceArn: attribute(rule, 'arn'),
    });
    new CloudwatchEventTarget(this, 'cloudwatch_event_target', {
      rule: attribute(rule, 'name'),
      arn: attribute(of.alias, 'arn'),
      dependsOn: [permission],
    });
    new LambdaFunctionEventInvokeConfig(this, 'event_invoke_config', {
      functionName,
      qualifier,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
  }
}
