import type { Agent } from './agent.ts';
import type { Provider } from './job.ts';

/**
 * What a bot says to texts that begin with `/`, and commands of its own (contract bot §12.1). Each option is
 * the contract's of the same name: `onStartMsg` is `on_start_msg`, and so on.
 */
export interface CommandOptions {
  /** The greeting. A function is given what stands behind `/start`, as a deep link puts it there. */
  readonly onStartMsg?: string | ((payload: string) => string);
  readonly onClearMsg?: string;
  /** The heading of the list. */
  readonly onHelpMsg?: string;
  /** Null: an unknown command is swallowed. */
  readonly unknownCommandMsg?: string | null;
  /** Said when the function of a custom command throws. */
  readonly commandErrorMsg?: string;
  /** One with the name of a built-in command takes its place. */
  readonly customCommands?: readonly CustomCommand[];
  /** Who may give admin commands: a user id as turns have it. Undefined: nobody. */
  readonly adminUserId?: string;
}

export interface CustomCommand {
  /** With or without the slash, in any case. */
  readonly command: string;
  readonly description: string;
  /** What it gives wins over `message`; nothing leaves it to that. It is asked as an agent is. */
  readonly function?: Agent;
  readonly message?: string;
  /** Others get `Unauthorized.`; default false. */
  readonly adminOnly?: boolean;
}

/** What the two commands that touch every chat do; both may be repeated. */
export interface AdminActions {
  /** Does to each chat what `/clear` does. */
  clearAllChats(): Promise<void>;
  /** Leaves each chat nothing but its ledger's ids, and no files. */
  resetSystem(): Promise<void>;
}

/** A text that is a command. */
export interface CommandCall {
  /** With the slash, in lower case. */
  readonly name: string;
  /** The bot behind the @, as written; only on Telegram. */
  readonly botName: string | undefined;
  readonly payload: string;
}

/** Reads a command; undefined when the text is none. */
export function readCommand(text: string, provider: Provider): CommandCall | undefined {
  if (!text.startsWith('/')) return undefined;
  const [word = ''] = text.split(/\s/, 1);
  const payload = text.slice(word.length).trim();
  const at = provider === 'telegram' ? word.indexOf('@') : -1;
  const name = (at === -1 ? word : word.slice(0, at)).toLowerCase();
  return { name, botName: at === -1 ? undefined : word.slice(at + 1), payload };
}
