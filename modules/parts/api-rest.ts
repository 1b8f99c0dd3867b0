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
import type { ErrorMetric, FrontDoorProps } from './api.ts';
import { answerOptions, type Cors } from './api-cors.ts';
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

/** A path of the API, all of whose methods go to the function. */
export interface RestPath {
  /** Part of the addresses; left out where the API has one path. */
  readonly id?: string;
  /** Such as `/whatsapp/status`; the path above it comes before it in the list. */
  readonly path: string;
  readonly methods: readonly string[];
  /** Default: OPTIONS is not answered. */
  readonly cors?: Cors;
}

export interface RestApiProps extends FrontDoorProps {
  readonly stageName: string;
  readonly paths: readonly RestPath[];
  /** JSON of `$context` variables. */
  readonly accessLogFormat: string;
}

export class RestApi extends Construct {
  readonly api: ApiGatewayRestApi | undefined;
  readonly stage: ApiGatewayStage | undefined;
  readonly url: string;
  readonly errorMetric: ErrorMetric;

  constructor(scope: Construct, id: string, props: RestApiProps) {
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
      dimensions: { ApiName: props.name, Stage: props.stageName },
    };
  }

  private makeStage(props: RestApiProps, count: Count): ApiGatewayStage {
    const restApiId = attribute(this.api, 'id');
    const stage = new ApiGatewayStage(this, 'stage', {
      restApiId,
      stageName: props.stageName,
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
    this.logAccess(props, stage);
    return stage;
  }

  private deploy(props: RestApiProps, count: Count): ApiGatewayDeployment {
    const restApiId = attribute(this.api, 'id');
    const root = attribute(this.api, 'root_resource_id');
    const ids = new Map<string, string>();
    const parts = props.paths.flatMap((path) => {
      const cut = path.path.lastIndexOf('/');
      const made = this.makePath(path, ids.get(path.path.slice(0, cut)) ?? root, props, count);
      ids.set(path.path, attribute(made.resource, 'id'));
      return [made.resource, ...made.methods];
    });
    const copied = [...parts.map((part) => attribute(part, 'id')), props.invokeArn];
    const texts = props.paths.flatMap(({ cors }) => (cors ? [JSON.stringify(cors)] : []));
    // A deployment is a copy of the API: it is made anew when a part of the API is.
    return new ApiGatewayDeployment(this, 'deployment', {
      restApiId,
      triggers: { redeployment: expression(`sha1(jsonencode(${hcl([...copied, ...texts])}))`) },
      lifecycle: { createBeforeDestroy: true },
      dependsOn: parts.filter((part) => !(part instanceof ApiGatewayResource)),
      ...count,
    });
  }

  private makePath(path: RestPath, parentId: string, props: RestApiProps, count: Count) {
    const scope = path.id === undefined ? this : new Construct(this, path.id);
    const restApiId = attribute(this.api, 'id');
    const pathPart = path.path.slice(path.path.lastIndexOf('/') + 1);
    const resource = new ApiGatewayResource(scope, 'resource', { restApiId, parentId, pathPart, ...count });
    const at = { restApiId, resourceId: attribute(resource, 'id') };
    const methods = path.methods.flatMap((httpMethod): TerraformResource[] => {
      const word = httpMethod.toLowerCase();
      const method = new ApiGatewayMethod(scope, word, {
        ...at,
        ...count,
        httpMethod,
        authorization: 'NONE',
      });
      const integration = new ApiGatewayIntegration(scope, `${word}_proxy`, {
        ...at,
        ...count,
        httpMethod: attribute(method, 'http_method'),
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: props.invokeArn,
      });
      return [method, integration];
    });
    new LambdaPermission(scope, 'permission', {
      statementId: `RestApi${path.id ?? ''}`,
      action: 'lambda:InvokeFunction',
      functionName: props.functionName,
      qualifier: props.qualifier,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${attribute(this.api, 'execution_arn')}/*/*${path.path}`,
      ...count,
    });
    const options = path.cors ? answerOptions(scope, at, path.cors, count) : [];
    return { resource, methods: [...methods, ...options] };
  }

  private logAccess(props: RestApiProps, stage: ApiGatewayStage): void {
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
      format: props.accessLogFormat,
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
