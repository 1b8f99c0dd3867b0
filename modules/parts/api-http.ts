import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import { type ErrorMetric, type FrontDoorProps, WEBHOOK_METHODS, WEBHOOK_PATH } from './api.ts';
import { attribute, type Count, expression, numberOf, when } from './optional.ts';

export class HttpApi extends Construct {
  readonly api: Apigatewayv2Api | undefined;
  readonly url: string;
  readonly errorMetric: ErrorMetric;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.api = when(
      props.when,
      (count) => new Apigatewayv2Api(this, 'api', { name: props.name, protocolType: 'HTTP', ...count }),
    );
    when(props.when, (count) => this.route(props, count));
    this.url = attribute(this.api, 'api_endpoint');
    this.errorMetric = {
      when: props.when,
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      dimensions: { ApiId: attribute(this.api, 'id') },
    };
  }

  private route(props: FrontDoorProps, count: Count): void {
    const apiId = attribute(this.api, 'id');
    const integration = new Apigatewayv2Integration(this, 'integration', {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: props.functionArn,
      payloadFormatVersion: '2.0',
      ...count,
    });
    for (const method of WEBHOOK_METHODS) {
      new Apigatewayv2Route(this, method.toLowerCase(), {
        apiId,
        routeKey: `${method} ${WEBHOOK_PATH}`,
        target: expression(`"integrations/${attribute(integration, 'id')}"`),
        ...count,
      });
    }
    new Apigatewayv2Stage(this, 'stage', {
      apiId,
      name: '$default',
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: numberOf(props.throttleRatePerSecond),
        throttlingBurstLimit: numberOf(props.throttleBurst),
      },
      ...count,
    });
    new LambdaPermission(this, 'permission', {
      statementId: 'HttpApi',
      action: 'lambda:InvokeFunction',
      functionName: props.functionName,
      qualifier: props.qualifier,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${attribute(this.api, 'execution_arn')}/*/*${WEBHOOK_PATH}`,
      ...count,
    });
  }
}
