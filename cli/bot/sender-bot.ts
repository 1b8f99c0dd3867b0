import { botEnvironment, type DeployedBot } from '../deployed-bot.ts';
import { type BotWorld, needing } from '../world.ts';

const SENDER_PACKAGES = ['dynamodb', 's3', 'ssm'].map((service) => `@aws-sdk/client-${service}`);

/** A sender in the deployed bot's place: its bucket, its table, its secrets. */
export async function senderOf(bot: DeployedBot, world: BotWorld) {
  const { aws } = world;
  const environment = await botEnvironment(bot, aws);
  const { openSender } = await needing(
    SENDER_PACKAGES,
    () => import('../../runtime/bot/sender/sender-handler.ts'),
  );
  const [s3, dynamodb] = [await aws.s3(), await aws.dynamodb()];
  const clients = { s3, dynamodb, clock: aws.clock, fetch: world.fetch };
  // The parameter's lines stand in the environment already.
  return openSender({ environment: { ...environment, ENV_PARAMETER_NAME: '' }, clients, writeLog: () => {} });
}
