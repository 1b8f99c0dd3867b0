import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { BOT_TAG } from '../../modules/parts/tags.ts';
import { type AwsClient, awsErrorName, callAws } from '../../runtime/core/aws-errors.ts';
import type { Clock } from '../../runtime/core/clock.ts';

export interface ParameterPorts {
  readonly ssm: AwsClient;
  readonly clock: Clock;
}

export interface NewParameter {
  readonly name: string;
  readonly botName: string;
  readonly text: string;
  /** Default: the key that AWS manages. */
  readonly kmsKeyArn?: string | undefined;
}

/** Limits of SSM, in bytes: the standard tier is free, the advanced one costs money. */
export const STANDARD_BYTES = 4096;
export const ADVANCED_BYTES = 8192;

/** Throws when SSM cannot hold the text (contract bot H59). */
export function checkSize(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > ADVANCED_BYTES)
    throw new Error(
      `The secrets are ${bytes} bytes, and SSM holds ${ADVANCED_BYTES}. Shorten the file, or keep it in Secrets Manager (env_parameter_name).`,
    );
}

/** Puts the secrets into a SecureString; a text that is there already is not written again. */
export async function putParameter(
  { ssm, clock }: ParameterPorts,
  { name, botName, text, kmsKeyArn }: NewParameter,
): Promise<'created' | 'changed' | 'unchanged'> {
  checkSize(text);
  const stored = await storedText(ssm, clock, name);
  if (stored === text) return 'unchanged';
  const input = {
    Name: name,
    Value: text,
    Type: 'SecureString',
    // The advanced tier when the text needs it; a parameter cannot go back from it, and this one stays then.
    Tier: 'Intelligent-Tiering',
    ...(kmsKeyArn !== undefined && { KeyId: kmsKeyArn }),
    // AWS takes tags for a new parameter only.
    ...(stored === undefined ? { Tags: [{ Key: BOT_TAG, Value: botName }] } : { Overwrite: true }),
  } as const;
  await callAws(clock, 'ssm:PutParameter', () => ssm.send(new PutParameterCommand(input)));
  return stored === undefined ? 'created' : 'changed';
}

async function storedText(ssm: AwsClient, clock: Clock, name: string): Promise<string | undefined> {
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const { Parameter } = await callAws(clock, 'ssm:GetParameter', () => ssm.send(command));
    return Parameter?.Value ?? '';
  } catch (error) {
    if (awsErrorName(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** False when there was none. */
export async function deleteParameter({ ssm, clock }: ParameterPorts, name: string): Promise<boolean> {
  try {
    const command = new DeleteParameterCommand({ Name: name });
    await callAws(clock, 'ssm:DeleteParameter', () => ssm.send(command));
    return true;
  } catch (error) {
    if (awsErrorName(error) === 'ParameterNotFound') return false;
    throw error;
  }
}
