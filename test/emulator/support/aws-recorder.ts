import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REGION } from '../../../local/terraform.ts';

/** A right that a call of a function needs. */
export interface AwsUse {
  readonly functionName: string;
  /** As IAM names it, `dynamodb:UpdateItem`. */
  readonly action: string;
  /** The ARN it is needed on. */
  readonly resource: string;
}

/** An operation, `SendMessage`, and what its input holds. */
export interface DeniedCall {
  readonly operation: string;
  readonly holds: string;
}

export interface AwsRecorder {
  readonly endpoint: string;
  /** Says where the emulator is, which starts later. */
  forwardTo(endpoint: string): void;
  /** Every use so far, each once. */
  uses(): readonly AwsUse[];
  /** Denies the next call of this kind of any function, as AWS would deny it. */
  deny(call: DeniedCall): void;
  close(): Promise<void>;
}

/**
 * Stands between the functions and the emulator and notes what they call. A function names itself in the
 * user agent (`app/<name>`, see local/emulator/ministack.ts).
 */
export async function startAwsRecorder(): Promise<AwsRecorder> {
  let emulatorPort = 0;
  const uses = new Map<string, AwsUse>();
  const denied: DeniedCall[] = [];
  const note = (incoming: IncomingMessage, body: Buffer) => {
    const functionName = incoming.headers['user-agent']?.match(/\bapp\/(\S+)/)?.[1];
    if (functionName === undefined) return;
    for (const [action, resource] of rightsFor(incoming, body)) {
      const use = { functionName, action, resource };
      uses.set(JSON.stringify(use), use);
    }
  };
  const isDenied = ({ headers }: IncomingMessage, body: Buffer) => {
    const operation = String(headers['x-amz-target']).split('.').at(-1);
    const index = denied.findIndex((call) => call.operation === operation && body.includes(call.holds));
    return index >= 0 && denied.splice(index, 1).length > 0;
  };
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing, emulatorPort, { note, isDenied }).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (endpoint) => {
      emulatorPort = Number(new URL(endpoint).port);
    },
    uses: () => [...uses.values()],
    deny: (call) => denied.push(call),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Onlooker {
  note(incoming: IncomingMessage, body: Buffer): void;
  isDenied(incoming: IncomingMessage, body: Buffer): boolean;
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  { note, isDenied }: Onlooker,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  note(incoming, body);
  if (isDenied(incoming, body)) {
    outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(
      JSON.stringify({ __type: 'com.amazonaws#AccessDeniedException', message: 'Denied by a test.' }),
    );
    return;
  }
  const { method, url: path, headers } = incoming;
  const upstream = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, 'content-length': body.length },
  });
  upstream.end(body);
  const [response] = (await once(upstream, 'response')) as [IncomingMessage];
  outgoing.writeHead(response.statusCode ?? 502, response.headers);
  response.pipe(outgoing);
}

type Right = readonly [action: string, resource: string];
type Fields = Readonly<Record<string, unknown>>;

const ACCOUNT = '000000000000';
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** The rights that one request needs; what is not understood is named by its path, so that it stands out. */
function rightsFor({ method = '', url = '', headers }: IncomingMessage, body: Buffer): readonly Right[] {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    const input = JSON.parse(body.toString('utf8') || '{}') as Fields;
    if (service.startsWith('DynamoDB')) return dynamodbRights(operation, input);
    if (service === 'AmazonSQS')
      return [[`sqs:${batchless(operation)}`, arn('sqs', lastSegment(input.QueueUrl))]];
    if (service === 'secretsmanager')
      return [[`secretsmanager:${operation}`, secretArn(String(input.SecretId))]];
    if (service === 'AmazonSSM') return [[`ssm:${operation}`, arn('ssm', `parameter${input.Name}`)]];
    return [[`${service}:${operation}`, '?']];
  }
  const path = decodeURIComponent(new URL(url, 'http://aws').pathname);
  const invoked = path.match(/^\/2015-03-31\/functions\/([^/]+)\/invocations$/)?.[1];
  if (invoked)
    return [
      ['lambda:InvokeFunction', invoked.startsWith('arn:') ? invoked : arn('lambda', `function:${invoked}`)],
    ];
  const [, bucket, key] = path.match(/^\/([a-z0-9.-]{3,63})\/(.+)$/) ?? [];
  const action = {
    GET: 's3:GetObject',
    HEAD: 's3:GetObject',
    PUT: 's3:PutObject',
    DELETE: 's3:DeleteObject',
  }[method];
  return [bucket && key && action ? [action, `arn:aws:s3:::${bucket}/${key}`] : [`${method} ${path}`, '?']];
}

const lastSegment = (url: unknown) => String(url).split('/').at(-1) ?? '';

/** Secrets Manager ends every ARN in six characters of its own. */
const secretArn = (id: string) => (id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}-AbCdEf`));

/** IAM knows no batch forms of queue actions. */
const batchless = (operation: string) => operation.replace(/Batch$/, '');

/** A transaction needs the rights of the single writes in it. */
function dynamodbRights(operation: string, input: Fields): readonly Right[] {
  const table = (name: unknown) => arn('dynamodb', `table/${name}`);
  if (operation.startsWith('Batch'))
    return Object.keys(input.RequestItems as Fields).map((name) => [`dynamodb:${operation}`, table(name)]);
  const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
  if (operation !== 'TransactWriteItems') return [[`dynamodb:${operation}`, table(input.TableName) + index]];
  const names = {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
  };
  return (input.TransactItems as readonly Readonly<Record<string, Fields>>[]).flatMap((item) =>
    Object.entries(item).map(
      ([kind, fields]): Right => [`dynamodb:${names[kind as keyof typeof names]}`, table(fields.TableName)],
    ),
  );
}
