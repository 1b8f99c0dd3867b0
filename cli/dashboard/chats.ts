import { MAX_ALIAS_BYTES } from '../../runtime/bot/history-alias.ts';
import type { StoredHistory } from '../../runtime/bot/stored-history.ts';
import { describeError } from '../../runtime/core/errors.ts';
import { contentOf } from './conversation.ts';
import type { DashboardData, ListedChat } from './data.ts';
import type { ChatContent, ChatPage, ChatSummary } from './views.ts';

export interface ChatQuery {
  /** Part of a chat id. */
  readonly search: string;
  readonly offset: number;
  readonly limit: number;
}

/** Histories that are fetched at a time. */
const AT_ONCE = 6;
/** Contents that are remembered, by the ETag of their object. */
const MAX_REMEMBERED = 2000;

/** The list of chats: only those of the page are read, and those that did not change not again. */
export class ChatList {
  private readonly known = new Map<string, ChatContent>();

  constructor(private readonly data: Pick<DashboardData, 'chats' | 'history'>) {}

  async page({ search, offset, limit }: ChatQuery): Promise<ChatPage> {
    const all = await this.data.chats();
    const found = all
      .filter((chat) => (search === '' ? !isAlias(chat) : chat.chatId.includes(search)))
      .sort((a, b) => b.changedAtMillis - a.changedAtMillis || (a.chatId < b.chatId ? -1 : 1));
    const chats = await this.summaries(found.slice(offset, offset + limit));
    return { chats, total: found.length, offset };
  }

  private async summaries(chats: readonly ListedChat[]): Promise<ChatSummary[]> {
    const summaries: ChatSummary[] = [];
    for (let start = 0; start < chats.length; start += AT_ONCE) {
      const some = chats.slice(start, start + AT_ONCE);
      summaries.push(...(await Promise.all(some.map((chat) => this.summary(chat)))));
    }
    return summaries;
  }

  private async summary(chat: ListedChat): Promise<ChatSummary> {
    const { chatId, changedAtMillis, bytes } = chat;
    const summary = { chatId, changedAt: new Date(changedAtMillis).toISOString(), bytes };
    try {
      return { ...summary, ...(await this.content(chat)) };
    } catch (error) {
      return { ...summary, error: describeError(error) };
    }
  }

  private async content({
    chatId,
    key,
    etag,
  }: ListedChat): Promise<Pick<ChatSummary, 'content' | 'aliasOf'>> {
    const name = `${key} ${etag}`;
    const known = this.known.get(name);
    if (known) return { content: known };
    const stored = await this.data.history(chatId);
    // Shown and counted once, where it stands.
    if (stored && stored.key !== key) return { aliasOf: stored.chatIds.find((id) => id !== chatId) ?? '' };
    const content = contentOf(stored ?? NOTHING);
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    this.known.set(name, content);
    return { content };
  }
}

/** Another id of a chat is a small object, and no history is so small; it is shown to who searches for it. */
const isAlias = ({ bytes }: ListedChat): boolean => bytes > 0 && bytes <= MAX_ALIAS_BYTES;

/** A history that was deleted since it was listed. */
const NOTHING: StoredHistory = {
  key: '',
  chatIds: [],
  body: new Uint8Array(),
  rows: [],
  ledger: [],
  state: {},
};
