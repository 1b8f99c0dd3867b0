import type { TraceAnswer } from '../../../runtime/bot/trace/model.ts';
import type {
  ChatPage,
  ConversationView,
  FailedPage,
  LettersView,
  LocksView,
  QueueView,
  ReplayView,
  SettingsView,
  SiteView,
} from '../views.ts';

type Query = Readonly<Record<string, string | number>>;

/** Relative to the page: it may be mounted anywhere. */
const address = (path: string, query: Query) =>
  `api/${path}?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`;

async function answer<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => ({ error: `The server answered ${response.status}.` }));
  if (!response.ok) throw new Error(body.error ?? `The server answered ${response.status}.`);
  return body as T;
}

/** A server that is gone answers nothing at all. */
const reached = (request: Promise<Response>) =>
  request.catch(() => {
    throw new Error('The dashboard does not answer. Is its command still running?');
  });

const get = async <T>(path: string, query: Query): Promise<T> =>
  answer<T>(await reached(fetch(address(path, query))));

async function post<T>(path: string, query: Query, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return answer<T>(
    await reached(fetch(address(path, query), { method: 'POST', headers, body: JSON.stringify(body) })),
  );
}

export const readSite = () => get<SiteView>('site', {});

/** What the page asks about one bot. A refusal is an `Error` with the server's sentence. */
export function botApi(bot: string) {
  const read =
    <T>(path: string) =>
    (query: Query = {}) =>
      get<T>(path, { ...query, bot });
  const change = (path: string, body: object) => post<{ done: string }>(path, { bot }, body);
  return {
    chats: read<ChatPage>('chats'),
    conversation: read<ConversationView>('conversation'),
    trace: read<TraceAnswer>('trace'),
    failed: read<FailedPage>('failed'),
    failedObject: read<unknown>('failed/object'),
    queues: read<readonly QueueView[]>('queues'),
    deadLetters: read<LettersView>('dead-letters'),
    locks: read<LocksView>('locks'),
    settings: read<SettingsView>('settings'),
    replay: (chat: string, event: string) => post<ReplayView>('replay', { bot }, { chat, event }),
    exportAddress: (chat: string, format: 'json' | 'md') => address('export', { bot, chat, format }),
    takeOver: (chat: string, minutes: number) => change('takeover', { chat, minutes }),
    release: (chat: string) => change('release', { chat }),
    answer: (chat: string, text: string, key: string) => change('answer', { chat, text, key }),
    giveBack: (event: string, force: boolean) => change('failed/replay', { event, force }),
    settle: (event: string, verdict: 'sent' | 'resend', force: boolean) =>
      change('failed/resolve', { event, verdict, force }),
    redrive: (event: string | undefined, force: boolean) =>
      change('redrive', { force, ...(event !== undefined && { event }) }),
  };
}

export type BotApi = ReturnType<typeof botApi>;
