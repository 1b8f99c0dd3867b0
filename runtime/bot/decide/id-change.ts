import type { IncomingMessage } from '../../channels/channel.ts';
import type { IdChangeData } from '../../channels/content.ts';
import { describeError } from '../../core/errors.ts';
import { aliasKey } from '../chat-state.ts';
import type { StateChange } from '../history-file.ts';
import type { BotDecision } from '../journal.ts';
import type { DecideInput, Decider } from './decider.ts';

/** The user has a new number or id: from now on it stands for the history of the old one (contract bot §9.2). */
export const decideIdChange: Decider = async (input) => {
  const { message, job, histories } = input;
  if (message.kind !== 'system') return undefined;
  const { oldId, newId } = message.data as IdChangeData;
  // Under the new id, the open history is not the one to keep.
  const keptId = job.chat_id === newId ? oldId : historyIdOf(input);
  const state = await noteAlias(newId, () => histories.alias(newId, keptId));
  return { parts: [], rule: 'system', rows: [], clear: false, state: keptId === newId ? [] : state };
};

/**
 * When a message names further ids of its user, these stand for the same history from then on (contract bot
 * §9.3). Tried once for each id. In a group the open history is not the user's.
 */
export async function withAliases(input: DecideInput, decision: BotDecision): Promise<BotDecision> {
  const { journal, histories, log } = input;
  const ownId = historyIdOf(input);
  const state: StateChange[] = [];
  for (const id of new Set(input.messages.flatMap(({ message }) => newAliases(message)))) {
    if (id === ownId || journal.state(aliasKey(id)) !== undefined) continue;
    try {
      state.push(...(await noteAlias(id, () => histories.alias(id, ownId))));
    } catch (error) {
      // The reply is worth more: the next message tries again.
      log.warn('alias_not_made', { error: describeError(error) });
    }
  }
  return state.length === 0 ? decision : { ...decision, state: [...(decision.state ?? []), ...state] };
}

/** Whose file the chat's history is: another id when the chat's own is an alias. */
const historyIdOf = ({ journal, job }: DecideInput) => journal.opened?.chatId ?? job.chat_id;

const newAliases = ({ group, userAliases = [] }: IncomingMessage) => (group ? [] : userAliases);

/** The note that an alias was tried, and whether it was made. */
async function noteAlias(id: string, make: () => Promise<'stored' | 'conflict'>): Promise<StateChange[]> {
  const set = (await make()) === 'stored' ? 'made' : 'taken';
  return [{ key: aliasKey(id), set }];
}
