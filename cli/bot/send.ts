import { type Command, InvalidArgumentError } from 'commander';
import type { SenderContent } from '../../runtime/bot/sender/index.ts';
import type { World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { senderOf } from './sender-bot.ts';

interface SendFlags extends BotFlags {
  readonly chat?: string;
  readonly text?: string;
  readonly template?: string;
  readonly language?: string;
  readonly param?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `hookline bot send`: a message that no webhook asked for, once for each key (contract bot §15). */
export function addSend(bot: Command, world: World): void {
  withBot(bot.command('send').description('send a message by yourself, once for each key'))
    .option('--chat <id>', 'WhatsApp: the number with country code; Telegram: the chat id')
    .option('--text <text>', 'what to say')
    .option('--template <name>', 'an approved WhatsApp template in place of a text')
    .option('--language <code>', 'its language, as in en_US')
    .option('--param <name=value>', 'a parameter of the template; repeatable', parameterOf)
    .option('--key <key>', 'names the message: the same key again sends nothing')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example('hookline bot send --project shop --chat 12025550143 --text Ready --key order-17-ready'),
    )
    .action((flags: SendFlags, command: Command) => send(flags, command, worldOf(flags, world)));
}

async function send(flags: SendFlags, command: Command, world: World): Promise<void> {
  const { chat, key } = flags;
  if (!chat) return command.error('error: --chat <id> is missing');
  if (!key) return command.error('error: --key <key> is missing: it makes a repetition harmless');
  const content = contentOf(flags);
  if (content === undefined)
    return command.error('error: give either --text <text>, or --template <name> and --language <code>');
  const sender = await senderOf(await botOf(flags, world), world);
  if (!flags.dryRun) return report(await sender.send(chat, content, { key }), flags, world);
  const { standing, content: outgoing } = await sender.preview(chat, content, { key });
  if (standing === 'duplicate') throw new Error(DUPLICATE);
  const parts = outgoing.parts.length;
  print({ status: 'dry-run', parts }, `Would send ${messages(parts)} to chat ${chat}.`, flags, world);
}

function contentOf({ text, template, language, param = {} }: SendFlags): SenderContent | undefined {
  if (text !== undefined) return template === undefined && language === undefined ? text : undefined;
  return template && language ? { template, language, parameters: param } : undefined;
}

const DUPLICATE = 'Nothing was sent: this key was used before.';

/** Nothing sent, or nobody knows: exit code 1. */
function report(
  { status, parts }: { readonly status: string; readonly parts: number },
  flags: SendFlags,
  world: World,
): void {
  if (status === 'duplicate') throw new Error(DUPLICATE);
  if (status === 'unclear')
    throw new Error('The message may or may not have arrived. Run the same command again in a minute.');
  print({ status, parts }, `Sent ${messages(parts)} to chat ${flags.chat}.`, flags, world);
}

const messages = (count: number) => (count === 1 ? '1 message' : `${count} messages`);

const print = (result: object, sentence: string, { json }: SendFlags, { terminal }: World) =>
  terminal.out(json ? `${JSON.stringify(result)}\n` : `${sentence}\n`);

function parameterOf(text: string, before: Readonly<Record<string, string>> = {}) {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [name]: value };
}
