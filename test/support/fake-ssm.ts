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
        dispatch(tap, 'ssm', { GetParameter: (input) => this.getParameter(input) }, command),
    };
  }

  private getParameter({ Name, WithDecryption }: Fields) {
    const value = this.parameters.get(Name);
    if (value === undefined) throw awsError('ParameterNotFound', 400);
    const Value = WithDecryption ? value : Buffer.from(value).toString('base64');
    return { Parameter: { Name, Type: 'SecureString', Value, Version: 1 } };
  }
}
