import {
  GetAliasCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { emulatorClient } from '../../../local/secrets.ts';

/**
 * LocalStack takes retries and on-failure destination from the version that an alias names, AWS from the alias
 * that is invoked. Copies the alias's settings to its version, so that they have effect there. (For MiniStack,
 * which looks elsewhere again, see local/emulator/run_ministack.py.)
 */
export async function copyDestinationToVersion(endpoint: string, FunctionName: string, alias: string) {
  const lambda = new LambdaClient(emulatorClient(endpoint));
  const { FunctionVersion } = await lambda.send(new GetAliasCommand({ FunctionName, Name: alias }));
  const { MaximumRetryAttempts, DestinationConfig } = await lambda.send(
    new GetFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: alias }),
  );
  const settings = { MaximumRetryAttempts, DestinationConfig };
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, Qualifier: FunctionVersion, ...settings }),
  );
  lambda.destroy();
}
