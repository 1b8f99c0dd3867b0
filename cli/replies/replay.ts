import type { Command } from 'commander';
import { example, shown } from '../bot/project-options.ts';
import { paint } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { conversationOf, ID_HELP } from './conversation.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

export interface ReplayFlags extends RepliesFlags {
  readonly turn?: string;
  readonly prompts: string;
  readonly json?: boolean;
}

/** `hookline replies replay`: what would the model say now? */
export function addReplay(replies: Command, world: World): void {
  withReplies(
    replies
      .command('replay')
      .description("put a turn's input to the model again and print the answer; sends and writes nothing")
      .argument('<id>', ID_HELP),
  )
    .option('--turn <id>', 'a turn id, or a message sid of it (default: the turn in progress, else the last)')
    .option('--prompts <file>', 'the prompts to answer with', 'prompts.json')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies replay +15005550006 --env prod --prompts prompts.json'))
    .action((id: string, flags: ReplayFlags) => replay(id, flags, worldOf(flags, world)));
}

async function replay(id: string, flags: ReplayFlags, world: World): Promise<void> {
  const { terminal } = world;
  const replies = await repliesOf(flags, world);
  const { askAgain } = await needing(REPLAY_PACKAGES, () => import('./ask-again.ts'));
  const conversation = await conversationOf(id, replies, world);
  const result = await askAgain(conversation, flags, replies, world);
  const { turnId, text, answered, before } = result;
  const { usage, model, reply, handOff } = answered;
  const title = (words: string) => paint(terminal, 'bold', words);
  const verdict = handOff && `hands off to a person: ${handOff.reason ?? 'no reason given'}`;
  const lines = [
    title(`turn ${turnId}`),
    `user    ${text}`,
    ...(before === undefined ? [] : [`before  ${before}`]),
    `now     ${reply}`,
    ...(verdict === undefined ? [] : [verdict]),
    paint(
      terminal,
      'dim',
      `${model}, ${usage.promptTokens} + ${usage.completionTokens} tokens; nothing was sent`,
    ),
  ];
  terminal.out(shown(flags.json, result, () => `${lines.join('\n')}\n`));
}

const REPLAY_PACKAGES = ['@aws-sdk/client-dynamodb', '@aws-sdk/client-secrets-manager'];
