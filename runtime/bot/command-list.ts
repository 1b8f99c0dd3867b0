import type { Agent } from './agent.ts';
import type { AdminActions, CommandCall, CommandOptions, CustomCommand } from './commands.ts';

/** A command as it runs. */
export interface Command {
  readonly description: string;
  readonly adminOnly: boolean;
  run(call: CommandCall): CommandAnswer | Promise<CommandAnswer>;
}

/** What a command says and does. */
export type CommandAnswer =
  /** Null: nothing is said. With `clear` the chat's history is emptied. */
  | { readonly reply: string | null; readonly clear?: boolean }
  /** To be asked in place of the bot's agent. */
  | { readonly agent: Agent };

export type CommandList = ReadonlyMap<string, Command>;

/**
 * A bot's commands by name, all but `/help`. The two that touch every chat are there when there is an admin
 * and something to act on.
 */
export function commandsOf(options: CommandOptions, actions: AdminActions | undefined): CommandList {
  return new Map([
    ...builtIn(options),
    ...(options.adminUserId && actions ? adminCommands(actions) : []),
    ...(options.customCommands ?? []).map(customCommand),
  ]);
}

type Named = readonly [string, Command];

const START =
  'Hello! Write to me and I will answer. /clear makes me forget this conversation, /help lists the commands.';
const CLEARED = 'This conversation has been cleared.';

function builtIn({ onStartMsg = START, onClearMsg = CLEARED }: CommandOptions): readonly Named[] {
  const start = ({ payload }: CommandCall) => ({
    reply: typeof onStartMsg === 'string' ? onStartMsg : onStartMsg(payload),
  });
  const clear = () => ({ reply: onClearMsg, clear: true });
  return [
    ['/start', { description: 'say hello', adminOnly: false, run: start }],
    ['/clear', { description: 'forget this conversation', adminOnly: false, run: clear }],
  ];
}

/** What must stand behind a command that touches every chat. */
const CONFIRMATION = 'confirm';

function adminCommands(actions: AdminActions): readonly Named[] {
  const confirmed =
    (what: string, act: () => Promise<void>, done: string) =>
    async ({ name, payload }: CommandCall) => {
      if (payload.toLowerCase() !== CONFIRMATION)
        return { reply: `This ${what}. To go on, write: ${name} ${CONFIRMATION}` };
      await act();
      return { reply: done, clear: true };
    };
  const clearAll = confirmed(
    'makes me forget the conversations of every chat',
    () => actions.clearAllChats(),
    'The conversations of every chat have been cleared.',
  );
  const reset = confirmed(
    'deletes the conversations, the state and the files of every chat',
    () => actions.resetSystem(),
    'Everything has been deleted.',
  );
  return [
    ['/clear_all_users', { description: 'forget every conversation', adminOnly: true, run: clearAll }],
    ['/reset_system', { description: 'delete everything of every chat', adminOnly: true, run: reset }],
  ];
}

function customCommand({
  command,
  description,
  message,
  adminOnly = false,
  function: ask,
}: CustomCommand): Named {
  const name = `/${command.trim().replace(/^\//, '').toLowerCase()}`;
  const agent: Agent = async (turn, context) => (await ask?.(turn, context)) ?? message;
  return [name, { description, adminOnly, run: () => ({ agent }) }];
}

/** What `/help` says: a heading, an empty line, and one line for each command that this user may give. */
export function helpText(heading = 'Commands:', commands: CommandList, isAdmin: boolean): string {
  const shown = [...commands]
    .filter(([, { adminOnly }]) => isAdmin || !adminOnly)
    .map(([name, { description }]) => `${name} - ${description}`);
  return [heading, '', ...[...shown, '/help - list the commands'].sort()].join('\n');
}
