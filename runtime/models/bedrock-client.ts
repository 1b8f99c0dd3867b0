import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { AwsClient } from '../core/aws-errors.ts';

/** A client for `bedrock`; region and credentials are the environment's. The caller's signal ends a call earlier. */
export const bedrockClient = (endpoint?: string): AwsClient =>
  new BedrockRuntimeClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 600_000, throwOnRequestTimeout: true },
    ...(endpoint !== undefined && { endpoint }),
  });
