import { describeError } from '../../core/errors.ts';
import type { Agent, Reply } from '../agent.ts';
import { type CommandAnswer, commandsOf, helpText } from '../command-list.ts';
import { type CommandCall, readCommand } from '../commands.ts';
import { partsOf, replyBlocks } from '../reply.ts';
import { decideByAgent } from './agent.ts';
import type { DecideInput, Decider, Verdict } from './decider.ts';

const UNKNOWN = 'I do not know this command. /help lists the commands.';
const FAILED = 'This command failed. Please try again later.';

/**
 * A text that starts with `/` is answered by the command and never reaches the agent (contract bot §12.1). One
 * for another bot of the group is ignored.
 */
export const decideCommand: Decider = async (input) => {
  const { message, job, botUsername } = input;
  if (message.kind !== 'text') return undefined;
  const call = readCommand(message.text, job.provider);
  if (!call) return undefined;
  if (call.botName !== undefined && call.botName.toLowerCase() !== (await botUsername()).toLowerCase())
    return said(undefined);
  const answer = await answerOf(call, input);
  return 'agent' in answer ? askCommand(answer.agent, call, input) : said(answer.reply, answer.clear);
};

function answerOf(
  call: CommandCall,
  { commands: options, adminActions, job }: DecideInput,
): CommandAnswer | Promise<CommandAnswer> {
  const commands = commandsOf(options, adminActions);
  // A group message may come without a user: no empty id is an admin's.
  const isAdmin = Boolean(options.adminUserId) && job.user_id === options.adminUserId;
  const command = commands.get(call.name);
  if (command?.adminOnly && !isAdmin) return { reply: 'Unauthorized.' };
  if (command) return command.run(call);
  if (call.name === '/help') return { reply: helpText(options.onHelpMsg, commands, isAdmin) };
  return { reply: options.unknownCommandMsg === undefined ? UNKNOWN : options.unknownCommandMsg };
}

const said = (reply: Reply, clear = false) =>
  ({ parts: partsOf(replyBlocks(reply)), rule: 'command', rows: [], clear }) satisfies Verdict;

/** A custom command is a turn with another agent: what it says and what it costs is stored as of any other. */
async function askCommand(agent: Agent, { name }: CommandCall, input: DecideInput): Promise<Verdict> {
  const guarded: Agent = async (turn, context) => {
    try {
      return await agent({ ...turn, command: name }, context);
    } catch (error) {
      input.log.warn('command_failed', { error: describeError(error) });
      return input.commands.commandErrorMsg ?? FAILED;
    }
  };
  return { ...(await decideByAgent({ ...input, agent: guarded })), rule: 'command' };
}
