import { awsError, dispatch, type Fields, Tap } from './tap.ts';

/** One accepted asynchronous or synchronous invocation. */
export interface FakeInvocation {
  readonly functionName: string;
  readonly invocationType: string;
  readonly payload: unknown;
}

const MAX_EVENT_BYTES = 1_048_576;

/** Records `Invoke`; `onInvoke` lets a simulation run the function. */
export class FakeLambda {
  readonly invocations: FakeInvocation[] = [];
  onInvoke: ((invocation: FakeInvocation) => void) | undefined;
  /** `Payload` and `FunctionError` of the answer. */
  answer: ((invocation: FakeInvocation) => object) | undefined;
  /** Function name → its environment variables. */
  readonly functions = new Map<string, Readonly<Record<string, string>>>();
  /** Function name → its timeout; default 600. */
  readonly timeouts = new Map<string, number>();
  /** Function name → its event source mappings. */
  readonly mappings = new Map<string, readonly object[]>();
  /** Function name → `Allow` or `Terminate`. */
  readonly recursion = new Map<string, string>();

  constructor(readonly tap: Tap = new Tap()) {}

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same service that records elsewhere. */
  as(tap: Tap) {
    return {
      send: (command: { readonly input: object }) =>
        dispatch(
          tap,
          'lambda',
          {
            Invoke: (input) => this.invoke(input),
            GetFunctionConfiguration: (input) => this.configuration(input),
            ListEventSourceMappings: ({ FunctionName }) => ({
              EventSourceMappings: this.mappings.get(FunctionName) ?? [],
            }),
            GetFunctionRecursionConfig: ({ FunctionName }) => ({
              RecursiveLoop: this.recursion.get(FunctionName) ?? 'Terminate',
            }),
          },
          command,
        ),
    };
  }

  private configuration({ FunctionName }: Fields) {
    const Variables = this.functions.get(FunctionName);
    if (!Variables) throw awsError('ResourceNotFoundException', 404);
    const FunctionArn = `arn:aws:lambda:eu-central-1:000000000000:function:${FunctionName}`;
    const Timeout = this.timeouts.get(FunctionName) ?? 600;
    const code = { LastModified: '2026-11-20T08:00:00.000+0000', CodeSha256: 'c29tZS1jb2RlLXNoYTI1Ng==' };
    return { FunctionName, FunctionArn, Timeout, ...code, Environment: { Variables } };
  }

  private invoke({ FunctionName, InvocationType = 'RequestResponse', Payload }: Fields) {
    const bytes = Buffer.from(Payload ?? '{}');
    if (InvocationType === 'Event' && bytes.byteLength > MAX_EVENT_BYTES)
      throw awsError('RequestTooLargeException', 413);
    const invocation = {
      functionName: String(FunctionName),
      invocationType: String(InvocationType),
      payload: JSON.parse(bytes.toString('utf8')) as unknown,
    };
    this.invocations.push(invocation);
    this.onInvoke?.(invocation);
    return { StatusCode: InvocationType === 'Event' ? 202 : 200, ...this.answer?.(invocation) };
  }
}
