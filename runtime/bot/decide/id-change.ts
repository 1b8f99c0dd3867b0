import type { IdChangeData } from '../../channels/content.ts';
import { describeError } from '../../core/errors.ts';
import { aliasKey } from '../chat-state.ts';
import type { StateChange } from '../history-file.ts';
import type { DecideInput, Decider } from './decider.ts';

/** The user has a new number or id: from now on it stands for the history of the old one (contract bot §9.2). */
export const decideIdChange: Decider = async (input) => {
  const { message, job } = input;
  if (message.kind !== 'system') return undefined;
  const { oldId, newId } = message.data as IdChangeData;
  // Under the new id, the open history is not the one to keep.
  const keptId = job.chat_id === newId ? oldId : historyIdOf(input);
  const state = keptId === newId ? [] : [await tie(input, newId, keptId)];
  return { parts: [], rule: 'system', rows: [], clear: false, state };
};

/**
 * When a message names further ids of its user, these stand for the same history from then on (contract bot
 * §9.3). Tried once for each id. In a group the open history is not the user's. The notes to save.
 */
export async function tieAliases(input: DecideInput): Promise<readonly StateChange[]> {
  const { message, journal, log } = input;
  const notes: StateChange[] = [];
  for (const id of message.group ? [] : (message.userAliases ?? [])) {
    if (id === historyIdOf(input) || journal.state(aliasKey(id)) !== undefined) continue;
    try {
      notes.push(await tie(input, id, historyIdOf(input)));
    } catch (error) {
      // The reply is worth more: the next message tries again.
      log.warn('alias_not_made', { error: describeError(error) });
    }
  }
  return notes;
}

/** Whose file the chat's history is: another id when the chat's own is an alias. */
const historyIdOf = ({ journal, job }: DecideInput) => journal.opened?.chatId ?? job.chat_id;

/** Makes an id stand for a history, and notes that it was tried. What stands at the id already is left there. */
async function tie(input: DecideInput, id: string, historyId: string): Promise<StateChange> {
  const { histories, job, journal } = input;
  const note = (alias: string, set: 'made' | 'taken') => ({ key: aliasKey(alias), set });
  if ((await histories.alias(id, historyId)) === 'stored') return note(id, 'made');
  const standing = await histories.open(id);
  standing.discard();
  if (standing.chatId === historyId) return note(id, 'made');
  // A user who was known by the other id alone is no new one: then this id stands for that history.
  if (!isNew(input) || (await histories.alias(job.chat_id, standing.chatId)) === 'conflict')
    return note(id, 'taken');
  await journal.reload();
  return note(job.chat_id, 'made');
}

const isNew = ({ journal }: DecideInput) =>
  journal.opened !== undefined && 'ifAbsent' in journal.opened.condition;
