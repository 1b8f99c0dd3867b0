import { problem } from './answers.ts';
import type { Act } from './api.ts';
import { conversationView } from './conversation.ts';
import { downloadOf } from './export.ts';
import { integerOf, sinceOf, textOf, wordOf } from './inputs.ts';
import { stateOf } from './state.ts';
import type { SiteView } from './views.ts';

/** Rows of a conversation that a page may ask for. */
const MAX_ROWS = 10_000;
const MAX_CHATS_A_PAGE = 50;

const json = async (value: Promise<unknown>) => Response.json(await value);

/** What can be asked, by method and path. Replaying changes nothing; it is a POST because it may run an agent. */
export const READS: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['GET /api/site', async (context) => Response.json(siteOf(context))],
  ['GET /api/state', (context, input) => json(stateOf(context, input))],
  [
    'GET /api/chats',
    ({ chatList }, input) =>
      json(
        chatList.page({
          search: typeof input.search === 'string' ? input.search : '',
          offset: integerOf(input, 'offset', { min: 0, max: 1e9, fallback: 0 }),
          limit: integerOf(input, 'limit', { min: 1, max: MAX_CHATS_A_PAGE, fallback: 20 }),
        }),
      ),
  ],
  [
    'GET /api/conversation',
    async ({ data, historyLimit }, input) => {
      const chatId = textOf(input, 'chat');
      const limit = integerOf(input, 'history_limit', { min: 1, max: MAX_ROWS, fallback: historyLimit });
      const stored = await data.history(chatId);
      return stored ? Response.json(conversationView(chatId, stored, limit)) : noHistory(chatId);
    },
  ],
  [
    'GET /api/export',
    async ({ data }, input) => {
      const chatId = textOf(input, 'chat');
      const format = wordOf(input, 'format', ['json', 'md']);
      const stored = await data.history(chatId);
      return stored ? downloadOf(format, chatId, stored) : noHistory(chatId);
    },
  ],
  [
    'GET /api/trace',
    ({ data, nowMillis }, input) => json(data.trace(textOf(input, 'id'), sinceOf(input, '7d', nowMillis()))),
  ],
  [
    'GET /api/failed',
    ({ data, nowMillis }, input) =>
      json(
        data.failed(
          sinceOf(input, '30d', nowMillis()),
          input.reason === undefined ? undefined : textOf(input, 'reason'),
        ),
      ),
  ],
  [
    'GET /api/failed/object',
    async ({ data }, input) => {
      const found = await data.failedObject(textOf(input, 'key', 1024));
      return found === undefined
        ? problem(404, 'This captured event is not there any more.')
        : Response.json(found);
    },
  ],
  ['GET /api/queues', ({ data }) => json(data.queues())],
  ['GET /api/dead-letters', ({ data }) => json(data.deadLetters())],
  ['GET /api/locks', ({ data }) => json(data.locks())],
  ['GET /api/settings', ({ data }) => json(data.settings())],
  ['POST /api/replay', ({ data }, input) => json(data.replay(textOf(input, 'chat'), textOf(input, 'event')))],
]);

function siteOf({ bots, isWritable, historyLimit, consoleUrl }: Parameters<Act>[0]): SiteView {
  return {
    bots: bots.map(({ bot }) => bot),
    isWritable,
    historyLimit,
    ...(consoleUrl !== undefined && { consoleUrl }),
  };
}

const noHistory = (chatId: string) => problem(404, `Chat ${chatId} has no history.`);
