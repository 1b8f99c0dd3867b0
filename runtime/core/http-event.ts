/** HTTP requests as Lambda gets them: REST API and ALB (v1), HTTP API and function URL (v2). */

export interface HttpRequest {
  readonly method: string;
  /** As the gateway names it: the stage or a base path may stand in front. */
  readonly path: string;
  /** Names in lower case; several values of one name are joined by a comma, as HTTP allows. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The bytes as sent: signatures are over these. */
  readonly rawBody: Buffer;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface HttpEventShape {
  httpMethod?: string;
  path?: string;
  rawPath?: string;
  requestContext?: { http?: { method?: string } };
  headers?: Record<string, string | undefined> | null;
  multiValueHeaders?: Record<string, readonly string[] | undefined> | null;
  queryStringParameters?: Record<string, string | undefined> | null;
  body?: string | null;
  isBase64Encoded?: boolean;
}

/** The request inside an HTTP event; undefined when the event is something else. */
export function readHttpEvent(event: unknown): HttpRequest | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const shape = event as HttpEventShape;
  const method = shape.requestContext?.http?.method ?? shape.httpMethod;
  if (typeof method !== 'string') return undefined;
  return {
    method: method.toUpperCase(),
    path: shape.rawPath ?? shape.path ?? '',
    headers: readHeaders(shape),
    query: definedValues(shape.queryStringParameters ?? {}),
    rawBody: Buffer.from(shape.body ?? '', shape.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function readHeaders({ headers, multiValueHeaders }: HttpEventShape): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values?.length) found[name.toLowerCase()] = values.join(', ');
  }
  for (const [name, value] of Object.entries(definedValues(headers ?? {})))
    found[name.toLowerCase()] ??= value;
  return found;
}

const definedValues = (record: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** An answer whose body is JSON: a text becomes a JSON string with its quotes (contract bot §5). */
export const jsonAnswer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A bare text that no browser may take for anything else. */
export const textAnswer = (statusCode: number, body: string): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
});
