import { Construct } from 'constructs';
import { HttpApi } from './api-http.ts';
import { RestApi } from './api-rest.ts';
import { FunctionUrl } from './api-url.ts';
import { type Condition, choose, is, named, type Optional, type Settable } from './optional.ts';

export interface ApiProps {
  /** `rest`, `http` or `function_url`, or an expression that gives one of them. */
  readonly kind: string;
  readonly name: string;
  readonly functionName: string;
  readonly functionArn: string;
  /** For API Gateway's proxy integration. */
  readonly invokeArn: string;
  readonly qualifier: string;
  readonly tracing: Condition;
  readonly throttleRatePerSecond: Settable<number>;
  readonly throttleBurst: Settable<number>;
  /** Access logs of the REST API, with the account-wide role that they need. */
  readonly manageAccount: Condition;
  readonly logRetentionDays: Settable<number>;
  readonly kmsKeyArn: Optional<string>;
  readonly permissionsBoundary: Optional<string>;
  readonly rolePath: string;
  /** AWS partition, for ARNs. */
  readonly partition: string;
}

/** One kind of front door. */
export interface FrontDoorProps extends Omit<ApiProps, 'kind'> {
  readonly when: Condition;
}

export const WEBHOOK_PATH = '/webhook';
export const WEBHOOK_METHODS = ['GET', 'POST'] as const;

const REST_STAGE = 'Prod';

/** What an access log line tells: no body, no query (the handshake carries a token there), no address. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  request_id: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  status: '$context.status',
  latency_ms: '$context.responseLatency',
});

/** The metric that counts answers of class 5xx. */
export interface ErrorMetric {
  readonly when: Condition;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The public address of the webhook. */
export class Api extends Construct {
  /** Without the path and without a slash at the end. */
  readonly url: string;
  readonly rest: RestApi;
  readonly http: HttpApi;
  readonly functionUrl: FunctionUrl;
  readonly errorMetrics: Readonly<Record<string, ErrorMetric>>;

  constructor(scope: Construct, id: string, { kind, ...props }: ApiProps) {
    super(scope, id);
    const isRest = named(this, 'is_rest', is(kind, 'rest')) as Condition;
    const isHttp = named(this, 'is_http', is(kind, 'http')) as Condition;
    const isUrl = named(this, 'is_function_url', is(kind, 'function_url')) as Condition;
    this.rest = new RestApi(this, 'rest', {
      ...props,
      when: isRest,
      stageName: REST_STAGE,
      paths: [{ path: WEBHOOK_PATH, methods: WEBHOOK_METHODS }],
      accessLogFormat: ACCESS_LOG_FORMAT,
    });
    this.http = new HttpApi(this, 'http', { ...props, when: isHttp });
    this.functionUrl = new FunctionUrl(this, 'url', { ...props, when: isUrl });
    this.url = named(
      this,
      'url_base',
      choose(isRest, this.rest.url, choose(isHttp, this.http.url, this.functionUrl.url)),
    );
    this.errorMetrics = {
      rest: this.rest.errorMetric,
      http: this.http.errorMetric,
      function_url: this.functionUrl.errorMetric,
    };
  }
}
