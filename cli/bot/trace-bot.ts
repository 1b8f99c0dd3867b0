import type { TraceAnswer } from '../../runtime/bot/trace/model.ts';
import { HooklineError } from '../../runtime/core/errors.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import { type BotWorld, needing } from '../world.ts';
import { readConfigOf } from './bot-config.ts';

/** What became of a bot's message, by its event id, its message id or its chat. */
export async function traceOf(
  id: string,
  sinceMillis: number,
  bot: DeployedBot,
  { aws }: BotWorld,
): Promise<TraceAnswer> {
  const { config, fault } = await readConfigOf(bot, aws);
  const [{ awsTraceSources }, { trace }] = await needing(TRACE_PACKAGES, () =>
    Promise.all([
      import('../../runtime/bot/trace/aws-sources.ts'),
      import('../../runtime/bot/trace/trace.ts'),
    ]),
  );
  const [s3, dynamodb, sqs, logs] = await Promise.all([aws.s3(), aws.dynamodb(), aws.sqs(), aws.logs()]);
  const sources = awsTraceSources({ ...bot, config }, { s3, dynamodb, sqs, logs, clock: aws.clock });
  const unhashable = async () => {
    throw new HooklineError(`Ids in the log cannot be computed without the bot's secrets: ${fault}`, 'hold');
  };
  return trace(id, sinceMillis, fault ? { ...sources, lines: unhashable } : sources);
}

const TRACE_PACKAGES = ['cloudwatch-logs', 'dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(
  (service) => `@aws-sdk/client-${service}`,
);
