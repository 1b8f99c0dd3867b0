/** The texts of the built-in commands (contract bot §12.1). */
export interface CommandTexts {
  readonly onStart: string;
  readonly onClear: string;
  readonly onHelp: string;
  readonly unknownCommand: string;
}

export const DEFAULT_COMMAND_TEXTS: CommandTexts = {
  onStart:
    'Hello! Write to me and I will answer. /clear makes me forget this conversation, /help lists the commands.',
  onClear: 'This conversation has been cleared.',
  onHelp: 'Commands:',
  unknownCommand: 'I do not know this command. /help lists the commands.',
};

export interface CommandResult {
  /** Undefined: the command is not for this bot; nothing is sent and the agent does not run. */
  readonly reply: string | undefined;
  /** Empties the chat's history. */
  readonly clear: boolean;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  '/clear': 'forget this conversation',
  '/help': 'list the commands',
  '/start': 'say hello',
};

/** What a text that starts with `/` asks for; undefined when it is no command. Commands never reach the agent. */
export function runCommand(text: string, texts: CommandTexts): CommandResult | undefined {
  if (!text.startsWith('/')) return undefined;
  const command = text.split(/\s/, 1)[0]?.toLowerCase() ?? '';
  if (command === '/start') return { reply: texts.onStart, clear: false };
  if (command === '/clear') return { reply: texts.onClear, clear: true };
  if (command === '/help') return { reply: helpText(texts), clear: false };
  return { reply: texts.unknownCommand, clear: false };
}

const helpText = (texts: CommandTexts) =>
  [texts.onHelp, '', ...Object.entries(DESCRIPTIONS).map(([name, what]) => `${name} - ${what}`)].join('\n');
