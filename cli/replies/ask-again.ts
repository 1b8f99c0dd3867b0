import path from 'node:path';
import { jsonLog, keyedHash } from '../../runtime/core/log.ts';
import { modelOpener } from '../../runtime/models/open-model.ts';
import { readPromptsFile } from '../../runtime/models/prompts-file.ts';
import { type Answered, askModel } from '../../runtime/replies/ask.ts';
import { textForModel } from '../../runtime/replies/collect.ts';
import type { Conversation } from '../../runtime/replies/record.ts';
import { secretsManager } from '../../runtime/replies/secrets.ts';
import type { World } from '../world.ts';
import type { DeployedReplies } from './deployed.ts';
import type { ReplayFlags } from './replay.ts';
import { withPrompts } from './users-file.ts';

/** A turn's input, what was answered then, and what the model answers now. */
export interface AskedAgain {
  readonly turnId: string;
  readonly text: string;
  /** Undefined: the turn has no reply. */
  readonly before: string | undefined;
  readonly answered: Answered;
}

/** Asks the model as the worker does, with the secret that the record names. Throws `RepliesError`. */
export async function askAgain(
  conversation: Conversation,
  flags: ReplayFlags,
  { config }: DeployedReplies,
  { aws, fetch }: World,
): Promise<AskedAgain> {
  const { turnId, text, before, entries } = inputOf(conversation, flags.turn);
  const { modelProvider: provider, modelBaseUrl: baseUrl, modelTimeoutMillis: timeoutMillis } = config;
  const file = path.resolve(flags.dir, flags.prompts);
  const prompts = await withPrompts(file, () => readPromptsFile(file, { provider, baseUrl }));
  const { clock } = aws;
  // What it counts and logs is the functions' business; here the answer is printed.
  const log = jsonLog(
    () => undefined,
    () => clock.nowMillis(),
  );
  const answered = await askModel(
    {
      conversation: { ...conversation, entries },
      text: textForModel(text, config.maxBatchChars),
      turnId,
      userRef: keyedHash(config.logHashKey, conversation.userAddress),
    },
    {
      prompts,
      openModel: modelOpener({ fetch }),
      secrets: secretsManager(await aws.secretsManager(), clock),
      format: config.replyFormat,
      clock,
      endMillis: clock.nowMillis() + 2 * timeoutMillis,
      timeoutMillis,
      log,
      metrics: { count: () => undefined, value: () => undefined },
    },
  );
  return { turnId, text, before, answered };
}

/** The turn that is meant, and the entries from before it: the model must not see its own answer. */
function inputOf({ entries, pendingTurn }: Conversation, wanted: string | undefined) {
  const isPending =
    pendingTurn &&
    (wanted === undefined || [pendingTurn.turnId, ...pendingTurn.messageSids].includes(wanted));
  if (isPending)
    return {
      turnId: pendingTurn.turnId,
      text: pendingTurn.combinedBody,
      before: pendingTurn.replyText,
      entries,
    };
  const index = entries.findLastIndex(
    ({ role, turnId, messageId, messageSids }) =>
      role === 'user' && (wanted === undefined || [turnId, messageId, ...messageSids].includes(wanted)),
  );
  const entry = entries[index];
  if (!entry) {
    const which = wanted === undefined ? 'no message of the user' : `no turn or message ${wanted}`;
    throw new Error(`The record has ${which}; what was archived cannot be asked again.`);
  }
  const turnId = entry.turnId ?? entry.messageId ?? 'unnamed';
  const reply = entries
    .slice(index + 1)
    .find((later) => later.role === 'assistant' && later.turnId === entry.turnId);
  return { turnId, text: entry.content, before: reply?.content, entries: entries.slice(0, index) };
}
