import { runCommand } from '../commands.ts';
import { partsOf, replyBlocks } from '../reply.ts';
import type { Decider } from './decider.ts';

/** A text that starts with `/` is answered by the command and never reaches the agent (contract bot §12.1). */
export const decideCommand: Decider = ({ message, commandTexts }) => {
  const command = runCommand(message.text, commandTexts);
  if (!command) return undefined;
  const parts = command.reply === undefined ? [] : partsOf(replyBlocks(command.reply));
  return { parts, rule: 'command', rows: [], clear: command.clear };
};
