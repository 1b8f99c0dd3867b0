import {
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import { emulatorClient } from '../secrets.ts';
import type { Emulator } from './emulator.ts';

/**
 * MiniStack reads retries and on-failure destination of asynchronous invocations from the function alone, not
 * from the alias that is invoked. Copies an alias's settings to its function, so that they have effect.
 */
export async function honourAliasDestination(
  { backend, endpoint }: Pick<Emulator, 'backend' | 'endpoint'>,
  functionName: string,
  alias: string,
): Promise<void> {
  if (backend !== 'ministack') return;
  const lambda = new LambdaClient(emulatorClient(endpoint));
  try {
    const named = { FunctionName: functionName };
    const { MaximumRetryAttempts, DestinationConfig } = await lambda.send(
      new GetFunctionEventInvokeConfigCommand({ ...named, Qualifier: alias }),
    );
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({ ...named, MaximumRetryAttempts, DestinationConfig }),
    );
  } finally {
    lambda.destroy();
  }
}
