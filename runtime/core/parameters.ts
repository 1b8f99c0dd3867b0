import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type AwsClient, callAws } from './aws-errors.ts';
import type { Clock } from './clock.ts';

export { SSMClient };

/**
 * Reads a SecureString, decrypted. A name below `/aws/reference/secretsmanager/` gives a Secrets Manager secret.
 * Throws `AwsCallError`.
 */
export async function readSsmParameter(ssm: AwsClient, clock: Clock, name: string): Promise<string> {
  const command = new GetParameterCommand({ Name: name, WithDecryption: true });
  const output = await callAws(clock, 'ssm:GetParameter', () => ssm.send(command));
  return output.Parameter?.Value ?? '';
}
