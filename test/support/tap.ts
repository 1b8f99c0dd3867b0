/** One call of an AWS client, as its fake sees it. */
export interface AwsCall {
  readonly service: 'dynamodb' | 's3' | 'sqs' | 'lambda' | 'ssm' | 'logs' | 'secretsmanager';
  /** The operation, for example `UpdateItem`. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * Records the calls of all fakes that share it, and lets a test break them: a `before` that throws means the
 * call was not done, an `after` that throws means it was done and its answer lost. Both may wait.
 */
export class Tap {
  /** Names of the operations, in order. */
  readonly calls: string[] = [];
  readonly details: AwsCall[] = [];
  before: ((call: AwsCall) => void | Promise<void>) | undefined;
  after: ((call: AwsCall, output: unknown) => void | Promise<void>) | undefined;

  /** Forgets what was recorded. */
  clear(): void {
    this.calls.length = 0;
    this.details.length = 0;
  }

  async run<T>(call: AwsCall, perform: () => T): Promise<T> {
    this.calls.push(call.name);
    this.details.push(call);
    await this.before?.(call);
    const output = perform();
    await this.after?.(call, output);
    return output;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: SDK inputs and outputs differ for each command.
export type Fields = Record<string, any>;

/** An SDK command seen from outside: its class names the operation. */
export const operationOf = (command: object): string => command.constructor.name.replace(/Command$/, '');

/** Runs one SDK command against a table of operations. */
export function dispatch(
  tap: Tap,
  service: AwsCall['service'],
  operations: Readonly<Record<string, (input: Fields) => unknown>>,
  command: { readonly input: object },
  // biome-ignore lint/suspicious/noExplicitAny: as `AwsClient.send`.
): Promise<any> {
  const name = operationOf(command);
  const operation = operations[name];
  if (!operation) return Promise.reject(new Error(`The fake ${service} has no operation ${name}`));
  const input = command.input as Fields;
  return tap.run({ service, name, input }, () => operation(input));
}

/** An error in the shape of the AWS SDK's. */
export function awsError(name: string, httpStatusCode: number, message = name, more: object = {}): Error {
  const fault = httpStatusCode >= 500 ? 'server' : 'client';
  return Object.assign(new Error(message), { name, $fault: fault, $metadata: { httpStatusCode }, ...more });
}
