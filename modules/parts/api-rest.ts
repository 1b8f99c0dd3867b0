import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account';
import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings';
import { ApiGatewayResource } from '@cdktf/provider-aws/lib/api-gateway-resource';
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { type ErrorMetric, type FrontDoorProps, WEBHOOK_METHODS, WEBHOOK_PATH } from './api.ts';
import {
  addressOf,
  all,
  attribute,
  type Count,
  expression,
  flagOf,
  hcl,
  numberOf,
  unwrap,
  when,
} from './optional.ts';

export const REST_STAGE = 'Prod';

/** What an access log line tells: no body, no query (the handshake carries a token there), no address. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  request_id: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  status: '$context.status',
  latency_ms: '$context.responseLatency',
});

export class RestApi extends Construct {
  readonly api: ApiGatewayRestApi | undefined;
  readonly stage: ApiGatewayStage | undefined;
  readonly url: string;
  readonly errorMetric: ErrorMetric;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.api = when(
      props.when,
      (count) =>
        new ApiGatewayRestApi(this, 'rest_api', {
          name: props.name,
          endpointConfiguration: { types: ['REGIONAL'] },
          lifecycle: { createBeforeDestroy: true },
          ...count,
        }),
    );
    this.stage = when(props.when, (count) => this.makeStage(props, count));
    this.url = attribute(this.stage, 'invoke_url');
    this.errorMetric = {
      when: props.when,
      namespace: 'AWS/ApiGateway',
      metricName: '5XXError',
      dimensions: { ApiName: props.name, Stage: REST_STAGE },
    };
  }

  private makeStage(props: FrontDoorProps, count: Count): ApiGatewayStage {
    const restApiId = attribute(this.api, 'id');
    const stage = new ApiGatewayStage(this, 'stage', {
      restApiId,
      stageName: REST_STAGE,
      deploymentId: attribute(this.deploy(props, count), 'id'),
      xrayTracingEnabled: flagOf(props.tracing),
      ...count,
    });
    new ApiGatewayMethodSettings(this, 'method_settings', {
      restApiId,
      stageName: attribute(stage, 'stage_name'),
      methodPath: '*/*',
      settings: {
        throttlingRateLimit: numberOf(props.throttleRatePerSecond),
        throttlingBurstLimit: numberOf(props.throttleBurst),
        metricsEnabled: true,
      },
      ...count,
    });
    new LambdaPermission(this, 'permission', {
      statementId: 'RestApi',
      action: 'lambda:InvokeFunction',
      functionName: props.functionName,
      qualifier: props.qualifier,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${attribute(this.api, 'execution_arn')}/*/*${WEBHOOK_PATH}`,
      ...count,
    });
    this.logAccess(props, stage);
    return stage;
  }

  private deploy(props: FrontDoorProps, count: Count): ApiGatewayDeployment {
    const restApiId = attribute(this.api, 'id');
    const resource = new ApiGatewayResource(this, 'resource', {
      restApiId,
      parentId: attribute(this.api, 'root_resource_id'),
      pathPart: WEBHOOK_PATH.slice(1),
      ...count,
    });
    const parts = WEBHOOK_METHODS.flatMap((httpMethod): TerraformResource[] => {
      const at = { restApiId, resourceId: attribute(resource, 'id'), ...count };
      const word = httpMethod.toLowerCase();
      const method = new ApiGatewayMethod(this, word, { ...at, httpMethod, authorization: 'NONE' });
      const integration = new ApiGatewayIntegration(this, `${word}_proxy`, {
        ...at,
        httpMethod: attribute(method, 'http_method'),
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: props.invokeArn,
      });
      return [method, integration];
    });
    // A deployment is a copy of the API: it is made anew when a part of the API is.
    const copied = [resource, ...parts].map((part) => attribute(part, 'id'));
    return new ApiGatewayDeployment(this, 'deployment', {
      restApiId,
      triggers: { redeployment: expression(`sha1(jsonencode(${hcl([...copied, props.invokeArn])}))`) },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: parts,
      ...count,
    });
  }

  private logAccess(props: FrontDoorProps, stage: ApiGatewayStage): void {
    const wanted = all(props.when, props.manageAccount);
    if (wanted === false) return;
    const logGroup = when(wanted, (count) => {
      const key = unwrap(props.kmsKeyArn);
      return new CloudwatchLogGroup(this, 'access_log', {
        name: `/aws/apigateway/${props.name}`,
        retentionInDays: numberOf(props.logRetentionDays),
        ...(key === undefined ? {} : { kmsKeyId: key }),
        ...count,
      });
    });
    when(wanted, (count) => this.makeAccount(props, stage, count));
    const content = {
      destination_arn: attribute(logGroup, 'arn'),
      format: ACCESS_LOG_FORMAT,
    };
    if (wanted === true) stage.addOverride('access_log_settings', content);
    else {
      const forEach = expression(`${hcl(wanted)} ? [1] : []`);
      stage.addOverride('dynamic.access_log_settings', [{ for_each: forEach, content }]);
    }
  }

  /** API Gateway writes logs only with a role that is set once for the account in a region. */
  private makeAccount(props: FrontDoorProps, stage: ApiGatewayStage, count: Count): void {
    const boundary = unwrap(props.permissionsBoundary);
    const role = new IamRole(this, 'log_role', {
      name: `${props.name}-api-logs`,
      path: props.rolePath,
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'apigateway.amazonaws.com' } },
        ],
      }),
      ...(boundary ? { permissionsBoundary: boundary } : {}),
      ...count,
    });
    const attachment = new IamRolePolicyAttachment(this, 'log_role_policy', {
      role: attribute(role, 'name'),
      policyArn: `arn:${props.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
      ...count,
    });
    const account = new ApiGatewayAccount(this, 'account', {
      cloudwatchRoleArn: attribute(role, 'arn'),
      dependsOn: [attachment],
      ...count,
    });
    stage.addOverride('depends_on', [addressOf(account)]);
  }
}
