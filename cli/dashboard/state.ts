import { describeError } from '../../runtime/core/errors.ts';
import type { RouteContext } from './api.ts';
import { conversationView } from './conversation.ts';
import { type Input, integerOf } from './inputs.ts';

/** Chats whose rows stand in the state; the others are asked for one by one. */
const CHATS = 20;
const MAX_ROWS = 10_000;

/** All at one look, for programs: the project here, the bot, and its newest chats with their last rows. */
export async function stateOf(context: RouteContext, input: Input): Promise<object> {
  const { data, chatList, historyLimit, project } = context;
  const limit = integerOf(input, 'history_limit', { min: 1, max: MAX_ROWS, fallback: historyLimit });
  const [here, page] = await Promise.all([project(), chatList.page({ search: '', offset: 0, limit: CHATS })]);
  const histories: object[] = [];
  for (const { chatId } of page.chats) {
    try {
      const stored = await data.history(chatId);
      if (stored) histories.push({ user: chatId, ...conversationView(chatId, stored, limit) });
    } catch (error) {
      histories.push({ user: chatId, error: describeError(error) });
    }
  }
  return { ...here, bot: data.bot, histories, chats: page.total };
}
