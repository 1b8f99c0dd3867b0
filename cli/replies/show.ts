import type { Command } from 'commander';
import type { Conversation } from '../../runtime/replies/record.ts';
import type { StagedRow } from '../../runtime/replies/staged.ts';
import { example } from '../bot/project-options.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { conversationsOf, DYNAMODB_PACKAGE, ID_HELP, masked, maskedId } from './conversation.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

interface ShowFlags extends RepliesFlags {
  readonly unmask?: boolean;
  readonly text?: boolean;
  readonly json?: boolean;
}

/** `hookline replies show`: how a conversation stands. */
export function addShow(replies: Command, world: World): void {
  withReplies(
    replies
      .command('show')
      .description('print how a conversation stands: record, staged messages, locks, turn in progress')
      .argument('<id>', ID_HELP),
  )
    .option('--unmask', 'print numbers whole')
    .option('--text', 'print what was said, too')
    .option('--json', 'print record, rows and lock as they are stored, unmasked and with text, as JSON')
    .addHelpText('after', example('hookline replies show +15005550006 --env prod'))
    .action((id: string, flags: ShowFlags) => show(id, flags, worldOf(flags, world)));
}

async function show(id: string, flags: ShowFlags, world: World): Promise<void> {
  const replies = await repliesOf(flags, world);
  const { conversationState } = await needing(DYNAMODB_PACKAGE, () => import('./conversation-state.ts'));
  const states: ConversationState[] = [];
  for (const conversation of await conversationsOf(id, replies, world))
    states.push(await conversationState(conversation, replies, world));
  const { terminal, aws } = world;
  if (flags.json) return terminal.out(`${JSON.stringify(states.map(({ stored }) => stored))}\n`);
  terminal.out(states.map((state) => stateText(state, flags, terminal, aws.clock.nowMillis())).join('\n'));
}

/** A conversation and what stands beside its record. */
export interface ConversationState {
  readonly conversation: Conversation;
  readonly rows: readonly StagedRow[];
  /** Until when a trigger is on its way, epoch seconds; undefined: no lock stands there. */
  readonly lockExpiresAtSeconds: number | undefined;
  /** Everything as it is stored, as plain values. */
  readonly stored: object;
}

function stateText(
  state: ConversationState,
  flags: ShowFlags,
  terminal: Terminal,
  nowMillis: number,
): string {
  const { conversation, rows } = state;
  const number = flags.unmask ? (value: string) => value : masked;
  const title = flags.unmask ? conversation.conversationId : maskedId(conversation.conversationId);
  const lines = [
    paint(terminal, 'bold', title),
    ...recordLines(conversation, number),
    ...leaseLines(conversation, nowMillis),
    ...lockLines(state, nowMillis),
    ...turnLines(conversation, flags),
    ...rows.map((row) => rowLine(row, flags)),
    ...(rows.length === 0 ? [line('staged', 'nothing')] : []),
    ...entryLines(conversation, flags),
  ];
  return `${lines.join('\n')}\n`;
}

const line = (name: string, text: string): string => `  ${name.padEnd(12)} ${text}`;

function recordLines(conversation: Conversation, number: (value: string) => string): readonly string[] {
  const { status, userAddress, companyAddress, entries, archivedCount, data } = conversation;
  const flags = [
    conversation.isHandedOff && `handed to a person (${data.hand_off_to_human_reason ?? 'no reason'})`,
    conversation.isOptedOut && 'opted out',
    !conversation.isProjectActive && 'project not active',
    conversation.autoQueueReply && 'every reply goes to a person',
  ].filter((flag) => typeof flag === 'string');
  return [
    line('status', [status ?? 'none', data.failure_reason].filter(Boolean).join(': ')),
    line('user', number(userAddress)),
    line(
      'company',
      companyAddress === undefined ? 'no number: nobody can write to it' : number(companyAddress),
    ),
    line(
      'secrets',
      `Twilio ${conversation.credentialsReference ?? 'MISSING'}, model ${conversation.modelKeyReference ?? 'none'}`,
    ),
    line('prompt', conversation.promptReference ?? 'MISSING (assistant_id_replies)'),
    line('entries', `${entries.length} in the record, ${archivedCount} in the archive`),
    line('updated', conversation.updatedAt ?? 'never'),
    ...(flags.length > 0 ? [line('flags', flags.join(', '))] : []),
  ];
}

function leaseLines(conversation: Conversation, nowMillis: number): readonly string[] {
  const { lockOwner, lockExpiresAtSeconds = 0, lockFence, turnAttempts } = conversation;
  const attempts = turnAttempts > 0 ? [line('attempts', `${turnAttempts} at the turn in progress`)] : [];
  if (lockOwner === undefined) return [line('lease', 'free'), ...attempts];
  return [line('lease', `${standing(lockExpiresAtSeconds, nowMillis)}, fence ${lockFence}`), ...attempts];
}

const lockLines = ({ lockExpiresAtSeconds: until }: ConversationState, nowMillis: number) => [
  line('trigger lock', until === undefined ? 'none' : standing(until, nowMillis)),
];

function standing(untilSeconds: number, nowMillis: number): string {
  const until = new Date(untilSeconds * 1000).toISOString();
  const left = Math.round(untilSeconds - nowMillis / 1000);
  return left > 0 ? `held until ${until} (${left} s)` : `run out at ${until}`;
}

function turnLines({ pendingTurn: turn }: Conversation, { text }: ShowFlags): readonly string[] {
  if (!turn) return [line('turn', 'none in progress')];
  const { turnId, state, messageSids, parts, ending, createdAt } = turn;
  const head = `${turnId}, ${state}, since ${createdAt}, ${messageSids.length} messages`;
  return [
    line('turn', ending === undefined ? head : `${head}, ends as ${ending.kind} (${ending.rule})`),
    ...parts.map(({ sid, sendStartedAt }, index) => {
      const begun = sendStartedAt === undefined ? 'not begun' : `begun ${sendStartedAt}, outcome unclear`;
      return line(`  part ${index + 1}`, sid === undefined ? begun : `accepted as ${sid}`);
    }),
    ...(text ? [line('  user', JSON.stringify(turn.combinedBody))] : []),
    ...(text && turn.replyText !== undefined ? [line('  reply', JSON.stringify(turn.replyText))] : []),
  ];
}

function rowLine({ messageSid, receivedAt, route, media, body }: StagedRow, { text }: ShowFlags): string {
  const files = media.length > 0 ? `, ${media.length} files` : '';
  const said = text ? `  ${JSON.stringify(body)}` : '';
  return line('staged', `${messageSid}  ${receivedAt}  route ${route}${files}${said}`);
}

const SHOWN_ENTRIES = 10;

function entryLines({ entries }: Conversation, { text }: ShowFlags): readonly string[] {
  return entries.slice(-SHOWN_ENTRIES).map((entry) => {
    const { role, timestamp = '-', messageId = '-', deliveryStatus, content } = entry;
    const words = [timestamp, messageId, deliveryStatus, entry.isArchived && 'whole in the archive'];
    return line(role, `${words.filter(Boolean).join('  ')}${text ? `  ${JSON.stringify(content)}` : ''}`);
  });
}
