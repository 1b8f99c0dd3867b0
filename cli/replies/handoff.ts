import type { Command } from 'commander';
import { asRecord, asText, readJson } from '../../runtime/core/json.ts';
import { example, shown } from '../bot/project-options.ts';
import { needing, type World } from '../world.ts';
import { conversationOf, DYNAMODB_PACKAGE, ID_HELP, masked, maskedId } from './conversation.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

interface HandoffFlags extends RepliesFlags {
  readonly text?: boolean;
  readonly json?: boolean;
}

/** `hookline replies handoff`: conversations that wait for a person. */
export function addHandoff(replies: Command, world: World): void {
  const handoff = replies
    .command('handoff')
    .description('what waits for a person: list it, give a conversation back to the engine')
    .helpCommand(false);
  withReplies(handoff.command('list').description('look at the human queue; nothing is taken out'))
    .option('--text', 'print what was said and drafted, too')
    .option('--json', 'print the messages whole as JSON; they hold text and numbers')
    .addHelpText('after', example('hookline replies handoff list --env prod'))
    .action((flags: HandoffFlags) => list(flags, worldOf(flags, world)));
  withReplies(
    handoff
      .command('release')
      .description('let the engine answer a conversation again')
      .argument('<id>', ID_HELP),
  )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies handoff release +15005550006 --env prod'))
    .action((id: string, flags: HandoffFlags) => release(id, flags, worldOf(flags, world)));
}

async function list(flags: HandoffFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const { config } = await repliesOf(flags, world);
  const { peekQueue } = await needing(
    ['@aws-sdk/client-sqs'],
    () => import('../../runtime/core/queue-letters.ts'),
  );
  const { value, note } = await peekQueue(await aws.sqs(), config.handoffQueueUrl, aws.clock);
  const messages = value.map(({ Body = '' }) => asRecord(readJson(Body)));
  const now = aws.clock.nowMillis();
  const lines = messages.map((message) => messageText(message, now, flags.text ?? false));
  terminal.out(
    shown(flags.json, messages, () => (lines.length === 0 ? 'Nobody waits for a person.\n' : lines.join(''))),
  );
  if (note !== undefined) terminal.error(`${note}\n`);
}

/** A message is of any shape: the sister service may write there, too. */
function messageText(message: Readonly<Record<string, unknown>>, now: number, withText: boolean): string {
  const text = (name: string) => asText(message[name]);
  const waiting = Math.round((now - Date.parse(text('received_at') ?? '')) / 60_000);
  const sids = Array.isArray(message.message_sids) ? message.message_sids.join(', ') : '-';
  const about = [
    maskedId(text('conversation_id') ?? '-'),
    `user ${masked(text('sender_id') ?? '-')}`,
    Number.isFinite(waiting) ? `for ${waiting} min` : undefined,
    sids,
    text('handoff_reason'),
  ];
  const said = [
    ['said', text('body')],
    ['draft', text('draft_reply')],
  ].flatMap(([name, value]) => (withText && value ? [`    ${name}: ${JSON.stringify(value)}\n`] : []));
  return `${about.filter(Boolean).join('  ')}\n${said.join('')}`;
}

async function release(id: string, flags: HandoffFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const replies = await repliesOf(flags, world);
  const conversation = await conversationOf(id, replies, world);
  const { conversationId } = conversation;
  if (!conversation.isHandedOff)
    throw new Error(`${maskedId(conversationId)} is not with a person: nothing was changed.`);
  const { releaseHandOff } = await needing(
    DYNAMODB_PACKAGE,
    () => import('../../runtime/replies/release-hand-off.ts'),
  );
  const { conversations } = replies.config.tables;
  await releaseHandOff(conversation, await aws.dynamodb(), conversations, aws.clock);
  const sentence = `The engine answers ${maskedId(conversationId)} again, from the user's next message on.`;
  terminal.out(shown(flags.json, { conversationId }, () => `${sentence}\n`));
}
