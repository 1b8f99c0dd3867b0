import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { attribute, type Count } from './optional.ts';

/** What a browser is told when it asks whether it may call a path. Credentials are never allowed. */
export interface Cors {
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly maxAgeSeconds: number;
}

interface Path {
  readonly restApiId: string;
  readonly resourceId: string;
}

/** OPTIONS on a path, answered by API Gateway itself. Returns what a deployment copies. */
export function answerOptions(
  parent: Construct,
  at: Path,
  cors: Cors,
  count: Count,
): readonly TerraformResource[] {
  const scope = new Construct(parent, 'options');
  const method = new ApiGatewayMethod(scope, 'method', {
    ...at,
    httpMethod: 'OPTIONS',
    authorization: 'NONE',
    ...count,
  });
  const on = { ...at, httpMethod: attribute(method, 'http_method'), ...count };
  const integration = new ApiGatewayIntegration(scope, 'integration', {
    ...on,
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
  });
  const headers = headersOf(cors);
  const declared = new ApiGatewayMethodResponse(scope, 'method_response', {
    ...on,
    statusCode: '200',
    responseParameters: Object.fromEntries(Object.keys(headers).map((name) => [name, true] as const)),
  });
  const answer = new ApiGatewayIntegrationResponse(scope, 'integration_response', {
    ...on,
    statusCode: '200',
    responseParameters: headers,
    dependsOn: [integration, declared],
  });
  return [method, integration, declared, answer];
}

/** API Gateway wants constants in single quotes. */
function headersOf({ methods, headers, maxAgeSeconds }: Cors): Readonly<Record<string, string>> {
  const values = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': methods.join(','),
    'Access-Control-Allow-Headers': headers.join(','),
    'Access-Control-Max-Age': `${maxAgeSeconds}`,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
  );
}
