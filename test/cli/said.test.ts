import { expect, test } from 'vitest';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { describeError } from '../../runtime/core/errors.ts';
import { awsError } from '../support/tap.ts';
import { deployedWorld } from './bot-world.ts';
import { hookline } from './capture.ts';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  [
    named('CredentialsProviderError', 'Could not load credentials from any providers'),
    'error: There are no AWS credentials here: set AWS_PROFILE, run aws configure, or sign in again with aws sso login.\n',
  ],
  [new Error('Region is missing'), 'error: No AWS region is set: give --region, or set AWS_REGION.\n'],
  [
    Object.assign(awsError('AccessDeniedException', 403), { message: 'Somebody is not authorized.\nMore.' }),
    'error: lambda:GetFunctionConfiguration: AccessDeniedException (403): Somebody is not authorized.\n',
  ],
])('a command says what AWS said, or what to do: %s', async (cause, sentence) => {
  const { aws } = deployedWorld();
  const lambda = async () => ({ send: () => Promise.reject(cause) });
  expect(await hookline(['bot', 'logs', '--project', 'shop'], { aws: { ...aws, lambda } })).toEqual({
    exitCode: 1,
    out: '',
    error: sentence,
  });
});

test("a function's log keeps to the code", async () => {
  const { clock } = deployedWorld();
  const call = callAws(clock, 's3:GetObject', () =>
    Promise.reject(named('AccessDenied', 'history/12025550143')),
  );
  expect(describeError(await call.catch((error: unknown) => error))).toBe(
    'AwsCallError: s3:GetObject: AccessDenied',
  );
});
