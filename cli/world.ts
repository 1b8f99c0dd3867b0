import type { RedriveClients } from '../runtime/bot/redrive.ts';
import { systemClock } from '../runtime/core/clock.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** What the command reaches the world through; tests give fakes. */
export interface World {
  readonly terminal: Terminal;
  redriveClients(): Promise<RedriveClients>;
}

/** AWS clients take region, credentials and `AWS_ENDPOINT_URL` from the environment, as the AWS CLI does. */
export const processWorld: World = {
  terminal: processTerminal,
  async redriveClients() {
    const [{ SQSClient }, { LambdaClient }] = await needing(
      ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'],
      () => Promise.all([import('@aws-sdk/client-sqs'), import('@aws-sdk/client-lambda')]),
    );
    // Retries are ours: they know what is safe to repeat.
    const settings = { maxAttempts: 1 };
    // A synchronous invocation answers within 15 minutes.
    const requestHandler = { requestTimeout: 930_000, throwOnRequestTimeout: true };
    const lambda = new LambdaClient({ ...settings, requestHandler });
    return { sqs: new SQSClient(settings), lambda, clock: systemClock };
  },
};

/** Runs `load`; a package that is not installed is named, with all that the command needs. */
export async function needing<T>(packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const command = `npm install --save-dev ${packages.join(' ')}`;
    throw new Error(`This command needs packages that are not installed. Run: ${command}`, { cause: error });
  }
}
