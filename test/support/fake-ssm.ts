import { awsError, dispatch, type Fields, Tap } from './tap.ts';

/** Parameter Store with values that a test may change at any time. */
export class FakeSsm {
  readonly parameters = new Map<string, string>();

  constructor(readonly tap: Tap = new Tap()) {}

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same parameters that records elsewhere. */
  as(tap: Tap) {
    return {
      send: (command: { readonly input: object }) =>
        dispatch(
          tap,
          'ssm',
          {
            GetParameter: (input) => this.getParameter(input),
            PutParameter: (input) => this.putParameter(input),
            DeleteParameter: (input) => this.deleteParameter(input),
          },
          command,
        ),
    };
  }

  private putParameter({ Name, Value, Overwrite, Tags }: Fields) {
    if (this.parameters.has(Name) && !Overwrite) throw awsError('ParameterAlreadyExists', 400);
    if (Overwrite && Tags) throw awsError('ValidationException', 400);
    this.parameters.set(Name, Value);
    return { Version: 1 };
  }

  private deleteParameter({ Name }: Fields) {
    if (!this.parameters.delete(Name)) throw awsError('ParameterNotFound', 400);
    return {};
  }

  private getParameter({ Name, WithDecryption }: Fields) {
    const value = this.parameters.get(Name);
    if (value === undefined) throw awsError('ParameterNotFound', 400);
    const Value = WithDecryption ? value : Buffer.from(value).toString('base64');
    return { Parameter: { Name, Type: 'SecureString', Value, Version: 1 } };
  }
}
