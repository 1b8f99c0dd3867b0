import { LambdaFunctionUrl } from '@cdktf/provider-aws/lib/lambda-function-url';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { ErrorMetric, FrontDoorProps } from './api.ts';
import { ABSENT, attribute, type Count, expression, hcl, when } from './optional.ts';

export class FunctionUrl extends Construct {
  readonly functionUrl: LambdaFunctionUrl | undefined;
  readonly url: string;
  readonly errorMetric: ErrorMetric;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const at = { functionName: props.functionName, qualifier: props.qualifier };
    this.functionUrl = when(
      props.when,
      (count) => new LambdaFunctionUrl(this, 'function_url', { ...at, authorizationType: 'NONE', ...count }),
    );
    when(props.when, (count) => this.allowEveryone(at, count));
    // AWS ends function URLs with a slash. Replacing it in null fails, so null is kept aside.
    const url = hcl(attribute(this.functionUrl, 'function_url'));
    this.url = this.functionUrl ? expression(`try(trimsuffix(${url}, "/"), null)`) : ABSENT;
    this.errorMetric = {
      when: props.when,
      namespace: 'AWS/Lambda',
      metricName: 'Url5xxCount',
      dimensions: { FunctionName: props.functionName },
    };
  }

  /**
   * Providers sign their webhooks, but not for IAM. AWS asks for both permissions since October 2025. The second
   * lets any AWS account invoke the ingress directly; that gains nothing, as the ingress answers nothing but
   * webhooks with a right signature. A single function would take jobs that way, so the bot refuses that pair.
   */
  private allowEveryone(at: { functionName: string; qualifier: string }, count: Count): void {
    new LambdaPermission(this, 'permission', {
      ...at,
      statementId: 'FunctionUrl',
      action: 'lambda:InvokeFunctionUrl',
      principal: '*',
      functionUrlAuthType: 'NONE',
      ...count,
    });
    new LambdaPermission(this, 'invoke', {
      ...at,
      statementId: 'FunctionUrlInvoke',
      action: 'lambda:InvokeFunction',
      principal: '*',
      ...count,
    });
  }
}
