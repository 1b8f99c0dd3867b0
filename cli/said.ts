import { AwsCallError } from '../runtime/core/errors.ts';

/**
 * What a command says of a failure. Other than a function's log it may quote AWS: whoever sits here asked for it,
 * and is told what to do where that is known.
 */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof AwsCallError)) return error.message;
  const { name = '', message = '' } = (error.cause ?? {}) as Partial<Error>;
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return NO_CREDENTIALS;
  if (message.startsWith('Region is missing')) return NO_REGION;
  return message === '' || message === name ? error.message : `${error.message}: ${message.split('\n')[0]}`;
}

const NO_CREDENTIALS =
  'There are no AWS credentials here: set AWS_PROFILE, run aws configure, or sign in again with aws sso login.';
const NO_REGION = 'No AWS region is set: give --region, or set AWS_REGION.';
