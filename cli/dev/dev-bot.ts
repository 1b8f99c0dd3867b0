import { randomUUID } from 'node:crypto';
import type { Agent } from '../../runtime/bot/agent.ts';
import { buildLambdaHandler } from '../../runtime/bot/handler.ts';
import type { InvocationContext } from '../../runtime/bot/options.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import type { Environment } from '../../runtime/core/config.ts';
import { describeError } from '../../runtime/core/errors.ts';
import { memoryLambda, memoryS3 } from './memory-aws.ts';

export interface DevBotOptions {
  readonly botType: 'whatsapp' | 'telegram';
  readonly agent: Agent;
  readonly environment: Environment;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly writeLog: (line: string) => void;
}

export interface WebhookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface WebhookAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Time of a turn, as the module's worker has it. */
const TURN_MILLIS = 120_000;

/** Both hops in this process: the real handler, with its storage in memory. */
export function devBot(options: DevBotOptions) {
  const { botType, agent, environment, fetch: fetchPort, clock } = options;
  let failure: string | undefined;
  const writeLog = (line: string) => {
    // A turn that is given up for good fails without a throw.
    const { message, error } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (message === 'turn_failed') failure = String(error);
    options.writeLog(line);
  };
  const lambda = memoryLambda((job) =>
    handler(job, context(clock)).catch((error: unknown) => {
      failure = describeError(error);
      // Lambda would try again; here the person at the keyboard does.
      writeLog(JSON.stringify({ level: 'ERROR', message: 'job_failed', error: String(error) }));
    }),
  );
  const handler = buildLambdaHandler(botType, {
    agent,
    environment,
    writeLog,
    clients: { s3: memoryS3(), lambda: lambda.client, fetch: fetchPort, clock },
  });
  return {
    /** Answers as the deployed ingress would; the jobs are worked afterwards. */
    async post({ method, headers, query, body }: WebhookRequest): Promise<WebhookAnswer> {
      const event = {
        version: '2.0',
        rawPath: '/webhook',
        requestContext: { http: { method, path: '/webhook' } },
        headers,
        queryStringParameters: query,
        body: body.toString('base64'),
        isBase64Encoded: true,
      };
      return (await handler(event, context(clock))) as WebhookAnswer;
    },
    settled: lambda.settled,
    /** Why the last turn got no reply; told once. */
    failure(): string | undefined {
      const told = failure;
      failure = undefined;
      return told;
    },
  };
}

function context(clock: Clock): InvocationContext {
  const deadline = clock.nowMillis() + TURN_MILLIS;
  return {
    awsRequestId: randomUUID(),
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:dev',
    getRemainingTimeInMillis: () => deadline - clock.nowMillis(),
  };
}
