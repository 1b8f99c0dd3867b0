import type { InvocationContext } from '../../runtime/bot/options.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import type { FakeMessage } from './fake-sqs.ts';

/** A request as tests write it. `local/recordings/webhooks.ts` makes signed webhooks of this shape. */
export interface RequestParts {
  /** Default `POST`. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Hand the body over in base64, as API Gateway does with binary types. */
  readonly base64?: boolean;
}

export type HttpEventShape = 'rest' | 'http' | 'function_url';

/** An HTTP event as one of the three ingress kinds passes it to Lambda. */
export function httpEvent(request: RequestParts = {}, shape: HttpEventShape = 'rest'): object {
  return shape === 'rest' ? restEvent(request) : proxyV2Event(request, shape);
}

const bodyOf = ({ body, base64 = false }: RequestParts) => ({
  body: body === undefined ? null : base64 ? Buffer.from(body).toString('base64') : body,
  isBase64Encoded: base64,
});

function restEvent(request: RequestParts): object {
  const { method = 'POST', headers = {}, query } = request;
  return {
    resource: '/webhook',
    path: '/webhook',
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: query ?? null,
    requestContext: { httpMethod: method, stage: 'prod', requestId: 'gateway-request' },
    ...bodyOf(request),
  };
}

function proxyV2Event(request: RequestParts, shape: HttpEventShape): object {
  const { method = 'POST', headers = {}, query } = request;
  return {
    version: '2.0',
    routeKey: shape === 'http' ? `${method} /webhook` : '$default',
    rawPath: shape === 'http' ? '/webhook' : '/',
    // Both lower-case the names.
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(query && { queryStringParameters: query }),
    requestContext: { http: { method, path: '/webhook' }, requestId: 'gateway-request' },
    ...bodyOf(request),
  };
}

/** A record of the event source mapping; only `body` must be given. */
export interface SqsRecordParts {
  readonly body: unknown;
  readonly messageId?: string;
  readonly groupId?: string;
  /** Default 1. */
  readonly receiveCount?: number;
  readonly receiptHandle?: string;
  /** As the sender gave them. */
  readonly attributes?: FakeMessage['attributes'];
}

/** An SQS event with these records. A body that is not text is sent as JSON. */
export function sqsEvent(records: readonly SqsRecordParts[], queueArn = QUEUE_ARN): object {
  return {
    Records: records.map((record, index) => ({
      messageId: record.messageId ?? `message-${index + 1}`,
      receiptHandle: record.receiptHandle ?? `receipt-${index + 1}`,
      body: typeof record.body === 'string' ? record.body : JSON.stringify(record.body),
      attributes: {
        ApproximateReceiveCount: String(record.receiveCount ?? 1),
        SentTimestamp: '1793000000000',
        ApproximateFirstReceiveTimestamp: '1793000000000',
        SenderId: 'AIDATEST',
        ...(record.groupId !== undefined && {
          MessageGroupId: record.groupId,
          MessageDeduplicationId: `deduplication-${index + 1}`,
          SequenceNumber: String(index + 1).padStart(20, '0'),
        }),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(record.attributes ?? {}).map(([name, { DataType, StringValue }]) => [
          name,
          { dataType: DataType, stringValue: StringValue },
        ]),
      ),
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: 'eu-central-1',
    })),
  };
}

/** A message of the fake queue as the event source mapping would pass it. */
export const recordOf = (message: FakeMessage): SqsRecordParts => ({
  body: message.body,
  messageId: message.messageId,
  receiveCount: message.receiveCount,
  attributes: message.attributes,
  ...(message.groupId !== undefined && { groupId: message.groupId }),
  ...(message.receiptHandle !== undefined && { receiptHandle: message.receiptHandle }),
});

export const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:123456789012:hookline.fifo';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:hookline';

export interface ContextParts {
  /** Time left at the start. Default 120,000. */
  readonly remainingMillis?: number;
  readonly requestId?: string;
  /** With it the remaining time runs down; without it stands still. */
  readonly clock?: Clock;
}

let requests = 0;

/** What Lambda passes beside the event. */
export function lambdaContext(parts: ContextParts = {}): InvocationContext {
  const { remainingMillis = 120_000, requestId = `request-${++requests}`, clock } = parts;
  const startedMillis = clock?.nowMillis() ?? 0;
  return {
    awsRequestId: requestId,
    invokedFunctionArn: FUNCTION_ARN,
    getRemainingTimeInMillis: () => remainingMillis - ((clock?.nowMillis() ?? 0) - startedMillis),
  };
}
