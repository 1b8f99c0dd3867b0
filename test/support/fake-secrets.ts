import { awsError, dispatch, type Fields, Tap } from './tap.ts';

/** Secrets Manager with secrets that a test may change at any time; bytes make a binary secret. */
export class FakeSecrets {
  readonly secrets = new Map<string, string | Uint8Array>();

  constructor(readonly tap: Tap = new Tap()) {}

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same secrets that records elsewhere. */
  as(tap: Tap) {
    const operations = { GetSecretValue: (input: Fields) => this.getSecretValue(input) };
    return {
      send: (command: { readonly input: object }) => dispatch(tap, 'secretsmanager', operations, command),
    };
  }

  private getSecretValue({ SecretId }: Fields) {
    const name = nameOf(String(SecretId));
    const value = this.secrets.get(name);
    if (value === undefined) throw awsError('ResourceNotFoundException', 400);
    const ARN = `arn:aws:secretsmanager:eu-north-1:000000000000:secret:${name}-AbCdEf`;
    return {
      ARN,
      Name: name,
      ...(typeof value === 'string' ? { SecretString: value } : { SecretBinary: value }),
    };
  }
}

/** A reference is a name, or an ARN with or without the random suffix. */
const nameOf = (reference: string): string =>
  reference.startsWith('arn:')
    ? reference
        .split(':')
        .slice(6)
        .join(':')
        .replace(/-[A-Za-z0-9]{6}$/, '')
    : reference;
