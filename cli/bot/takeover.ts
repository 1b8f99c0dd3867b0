import { type Command, InvalidArgumentError } from 'commander';
import { withSqlite } from '../node-version.ts';
import type { World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { withHistories } from './stored.ts';

interface TakeoverFlags extends BotFlags {
  readonly minutes: number;
  readonly release?: boolean;
}

/** Longest take-over: one that is forgotten must end by itself. */
const MAX_MINUTES = 7 * 24 * 60;

/** `hookline bot takeover`: a person answers a chat in the bot's place. */
export function addTakeover(bot: Command, world: World): void {
  withSqlite(
    withBot(
      bot.command('takeover').description('hand a chat to a person: the bot stores, and does not answer'),
    ),
    world,
  )
    .argument('<chat>', 'WhatsApp: the number with country code; Telegram: the chat id')
    .option('--minutes <number>', `how long, at most ${MAX_MINUTES}`, minutesOf, 60)
    .option('--release', 'give the chat back to the bot now')
    .addHelpText('after', example('hookline bot takeover 12025550143 --project shop --minutes 60'))
    .action((chat: string, flags: TakeoverFlags) => takeover(chat, flags, worldOf(flags, world)));
}

async function takeover(chat: string, flags: TakeoverFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const until = flags.release ? undefined : aws.clock.nowMillis() + flags.minutes * 60_000;
  const { setTakeOver } = await import('../../runtime/bot/chat-state.ts');
  await withHistories(await botOf(flags, world), world, (histories) =>
    setTakeOver(histories, aws.clock, chat, until),
  );
  if (until === undefined) return terminal.out(`The bot answers chat ${chat} again.\n`);
  terminal.out(
    `Chat ${chat} is yours until ${new Date(until).toISOString()}: the bot stores its messages and does not answer.\n`,
  );
}

function minutesOf(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= MAX_MINUTES) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${MAX_MINUTES}.`);
}
