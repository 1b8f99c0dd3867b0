import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type AwsClient, callAws } from './aws-errors.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

export interface KeptSecretsOptions<T> {
  readonly client: AwsClient;
  readonly clock: Clock;
  /** How long a secret is used before it is asked for again. */
  readonly keptMillis: number;
  /** Makes of a secret's text what is kept; undefined: the secret is binary. What it throws goes to the reader. */
  readonly shape: (text: string | undefined) => T;
}

const MAX_SECRETS = 500;

/** Secrets of Secrets Manager by name or ARN. Keep it between invocations. */
export class KeptSecrets<T> {
  private readonly kept = new BoundedMap<string, { readonly value: T; readonly untilMillis: number }>(
    MAX_SECRETS,
  );

  constructor(private readonly options: KeptSecretsOptions<T>) {}

  /** Throws `AwsCallError` where it cannot be read. */
  async read(reference: string): Promise<T> {
    const { client, clock, keptMillis, shape } = this.options;
    const kept = this.kept.get(reference);
    if (kept && clock.nowMillis() < kept.untilMillis) return kept.value;
    const command = new GetSecretValueCommand({ SecretId: reference });
    const stored: { readonly SecretString?: unknown } = await callAws(
      clock,
      'secretsmanager:GetSecretValue',
      () => client.send(command),
    );
    const value = shape(typeof stored.SecretString === 'string' ? stored.SecretString : undefined);
    this.kept.set(reference, { value, untilMillis: clock.nowMillis() + keptMillis });
    return value;
  }

  /** The next read asks again: for a credential that was refused. */
  forget(reference: string): void {
    this.kept.delete(reference);
  }
}
