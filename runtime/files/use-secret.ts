import { type AwsClient, awsErrorName } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { AwsCallError, HooklineError } from '../core/errors.ts';
import type { KeptSecrets } from '../core/secrets-manager.ts';
import { FilesError } from './errors.ts';

const KEPT_MILLIS = 900_000;

/**
 * Does `work` with the text of a secret, by name or ARN; it is kept for 15 minutes. When `work` throws
 * `LoginRefusedError`, the secret is read again and `work` is done once more. Throws what `work` throws, and
 * `FilesError` `SECRET_UNREADABLE`.
 */
export type UseSecret = <T>(reference: string, work: (secret: string) => Promise<T>) => Promise<T>;

/** A dependency refused the credentials: they may have been rotated. Its text is fixed, so that it can hold no secret. */
export class LoginRefusedError extends FilesError {
  override name = 'LoginRefusedError';
  constructor(details?: ErrorOptions) {
    super('LOGIN_REFUSED', 'hold', {}, details);
  }
}

/** Of any copy of hookline: a bundle may have its own. */
const isLoginRefused = (error: unknown): boolean =>
  error instanceof HooklineError && error.code === 'LOGIN_REFUSED';

/** Makes the client, once, when the first secret is asked for. */
export type SecretsClient = () => AwsClient | Promise<AwsClient>;

/** Keep it between invocations. */
export function secretUser(clock: Clock, client: SecretsClient): UseSecret {
  let opened: Promise<KeptSecrets<string>> | undefined;
  const open = () => {
    opened ??= openSecrets(clock, client);
    return opened;
  };
  const read = async (reference: string): Promise<string> => {
    const secrets = await open();
    return secrets.read(reference).catch((error: unknown) => {
      throw error instanceof AwsCallError ? unreadable(awsErrorName(error), error) : error;
    });
  };
  return async (reference, work) => {
    try {
      return await work(await read(reference));
    } catch (error) {
      if (!isLoginRefused(error)) throw error;
    }
    (await open()).forget(reference);
    return work(await read(reference));
  };
}

/** Most deliveries need no secret: what reads them is loaded with the first. */
async function openSecrets(clock: Clock, client: SecretsClient): Promise<KeptSecrets<string>> {
  const { KeptSecrets } = await import('../core/secrets-manager.ts');
  return new KeptSecrets({
    client: await client(),
    clock,
    keptMillis: KEPT_MILLIS,
    shape: (text) => {
      if (text === undefined) throw unreadable('binary');
      return text;
    },
  });
}

const unreadable = (cause: string, error?: AwsCallError): FilesError =>
  new FilesError('SECRET_UNREADABLE', error?.errorClass ?? 'hold', { cause }, error && { cause: error });
