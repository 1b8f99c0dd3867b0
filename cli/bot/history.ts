import { type Command, InvalidArgumentError } from 'commander';
import type { HistoryRow } from '../../runtime/bot/agent.ts';
import { confirmed } from '../ask.ts';
import { withSqlite } from '../node-version.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { bucketOf, withHistories } from './stored.ts';

interface HistoryFlags extends BotFlags {
  readonly chat?: string;
  readonly limit: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const CHAT_HELP = 'WhatsApp: the number with country code; Telegram: the chat id';

/** `hookline bot history`: look at a chat's history, empty it, or erase all that the chat left. */
export function addHistory(bot: Command, world: World): void {
  const history = bot
    .command('history')
    .description("a chat's stored conversation: show, clear, erase")
    .helpCommand(false);
  const sub = (name: string, description: string) =>
    withSqlite(withBot(history.command(name).description(description)), world).option(
      '--chat <id>',
      CHAT_HELP,
    );
  sub('show', 'print what was said, oldest first')
    .option('--limit <rows>', 'the newest rows to print', wholeNumber, 200)
    .option('--json', 'print rows, ledger and state as JSON')
    .addHelpText('after', example('hookline bot history show --project shop --chat 12025550143'))
    .action((flags: HistoryFlags, command: Command) => show(flags, command, worldOf(flags, world)));
  sub('clear', 'empty the history, as /clear does; events already answered stay known')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('hookline bot history clear --project shop --chat 12025550143'))
    .action((flags: HistoryFlags, command: Command) => clear(flags, command, worldOf(flags, world)));
  sub('erase', 'delete every version of all that the chat left in the bucket')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print what was deleted as JSON')
    .addHelpText('after', example('hookline bot history erase --project shop --chat 12025550143'))
    .action((flags: HistoryFlags, command: Command) => erase(flags, command, worldOf(flags, world)));
}

function chatOf({ chat }: HistoryFlags, command: Command): string {
  return chat || command.error('error: --chat <id> is missing');
}

async function show(flags: HistoryFlags, command: Command, world: World): Promise<void> {
  const chat = chatOf(flags, command);
  const { terminal, aws } = world;
  const { objects, prefixes } = await bucketOf(await botOf(flags, world), world);
  const { readStoredHistory } = await import('../../runtime/bot/stored-history.ts');
  const options = { prefix: prefixes.history, rowLimit: flags.limit, clock: aws.clock };
  const history = await readStoredHistory(chat, objects, options);
  if (!history) throw new Error(`Chat ${chat} has no history.`);
  const { key, rows, ledger, state } = history;
  if (flags.json) return terminal.out(`${JSON.stringify({ key, state, rows, ledger })}\n`);
  for (const row of rows) terminal.out(`${rowText(row, terminal)}\n`);
  const facts = Object.entries(state).map(([name, value]) => `${name} ${value}`);
  terminal.out(`${paint(terminal, 'dim', `${key}: ${rows.length} rows; ${facts.join('; ')}`)}\n`);
}

/** One row: when, who, what. Media stand there by their kind. */
function rowText({ timestamp, role, blocks, model }: HistoryRow, terminal: Terminal): string {
  const said = blocks.map(({ type, content }) =>
    type === 'text' && typeof content === 'string' ? content : `[${type}] ${JSON.stringify(content)}`,
  );
  const speaker = model === null ? role : `${role} (${model})`;
  return `${paint(terminal, 'dim', timestamp)}  ${paint(terminal, 'bold', speaker)}  ${said.join('\n  ')}`;
}

async function clear(flags: HistoryFlags, command: Command, world: World): Promise<void> {
  const chat = chatOf(flags, command);
  const { terminal, aws } = world;
  const found = await botOf(flags, world);
  await confirmed(`Empty the history of chat ${chat}?`, flags, world);
  const [{ clearChat }, { dynamoDelivery }] = await needing(['@aws-sdk/client-dynamodb'], () =>
    Promise.all([import('../../runtime/bot/clear-chats.ts'), import('../../runtime/bot/delivery.ts')]),
  );
  const table = found.environment.LOCKS_TABLE_NAME;
  // It only reads, so the life of an item does not matter.
  const delivery = table ? dynamoDelivery(await aws.dynamodb(), table, aws.clock, 0) : undefined;
  const provider = found.environment.BOT_TYPE === 'telegram' ? 'telegram' : 'whatsapp';
  await withHistories(found, world, (histories) =>
    clearChat(chat, { histories, delivery, provider, clock: aws.clock }),
  );
  terminal.out(
    `The history of chat ${chat} is empty. Its older versions stay for 7 days; erase deletes them.\n`,
  );
}

async function erase(flags: HistoryFlags, command: Command, world: World): Promise<void> {
  const chat = chatOf(flags, command);
  const { terminal } = world;
  const { objects, versions, prefixes } = await bucketOf(await botOf(flags, world), world);
  await confirmed(`Erase everything of chat ${chat}, every version, for good?`, flags, world);
  const [{ eraseChat, OUT_OF_REACH }, { readStoredHistory }] = await Promise.all([
    import('../../runtime/bot/erase.ts'),
    import('../../runtime/bot/stored-history.ts'),
  ]);
  const options = { prefix: prefixes.history, rowLimit: 0, clock: world.aws.clock };
  const history = await readStoredHistory(chat, objects, options);
  const erased = await eraseChat(history?.chatIds ?? [chat], versions, prefixes);
  if (flags.json)
    return terminal.out(
      `${JSON.stringify({ erased: Object.fromEntries(erased), outOfReach: OUT_OF_REACH })}\n`,
    );
  for (const [key, count] of erased)
    terminal.out(`${paint(terminal, 'green', 'erased')}  ${key}  (${count} versions)\n`);
  if (erased.size === 0) terminal.out(`The bucket holds nothing of chat ${chat}.\n`);
  terminal.out(`Not reached:\n${OUT_OF_REACH.map((what) => `- ${what}\n`).join('')}`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
