import { make } from '../../page/dom.ts';
import type { ChatSummary } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { many, money, relative, timeElement } from './format.ts';
import { announce, empty, fill, pill } from './ui.ts';

const PAGE_SIZE = 20;

/** What the list is made of. */
function listElements() {
  const items = make('ol', { class: 'chats' });
  const more = make('div', { class: 'paging' });
  const search = make('input', {
    type: 'search',
    id: 'chat-search',
    placeholder: 'Part of a chat id',
    autocomplete: 'off',
  });
  const again = make('button', { type: 'button' }, 'Refresh');
  const label = make('label', { class: 'hidden', for: 'chat-search' }, 'Search by chat id');
  const form = make('form', { class: 'search' }, label, search, again);
  const element = make('section', { class: 'panel list', 'aria-label': 'Chats' }, form, items, more);
  return { element, form, items, more, search, again };
}

/** The chats, newest first, a page at a time, and a search by id. */
export function chatList(context: Context) {
  const { element, form, items, more, search, again } = listElements();
  let offset = 0;
  let chosen: string | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const mark = () => {
    for (const link of items.querySelectorAll('a'))
      if (link.dataset.chat === chosen) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
  };
  const goTo = async (next: number): Promise<void> => {
    offset = next;
    await fill(items, async () => {
      const page = await context.api.chats({ search: search.value.trim(), offset, limit: PAGE_SIZE });
      more.replaceChildren(...paging(page.total, offset, page.chats.length, goTo));
      announce(many(page.total, 'chat'));
      return page.chats.length > 0 ? page.chats.map((chat) => item(chat, context)) : [nothing(search.value)];
    });
    mark();
  };
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void goTo(0), 250);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void goTo(0);
  });
  again.addEventListener('click', () => void goTo(offset));
  void goTo(0);
  const choose = (chat: string | undefined): void => {
    chosen = chat;
    mark();
  };
  return { element, choose, refresh: () => goTo(offset) };
}

const nothing = (search: string): HTMLElement =>
  make(
    'li',
    {},
    search.trim() === ''
      ? empty(
          'No chat has a history yet.',
          'A chat appears here when the bot has answered its first message.',
        )
      : empty(`No chat id contains “${search.trim()}”.`),
  );

function item(chat: ChatSummary, context: Context): HTMLElement {
  const { chatId, changedAt, content, aliasOf, error } = chat;
  const lines: (Node | string)[] = [
    make('strong', {}, chatId === '' ? '(empty id)' : chatId),
    make('span', { class: 'when' }, timeElement(content?.lastRowAt ?? changedAt, 'short')),
  ];
  if (content) {
    const spent = content.spend ? ` · ${money(content.spend.usd)} on ${content.spend.day}` : '';
    lines.push(make('span', { class: 'sub' }, `${many(content.rows, 'row')}${spent}`));
    if (content.ownerUntil && Date.parse(content.ownerUntil) > Date.now())
      lines.push(pill(`taken over, ends ${relative(content.ownerUntil)}`, 'warn'));
    if (content.isBlocked) lines.push(pill('blocked', 'bad'));
  }
  if (aliasOf !== undefined) lines.push(make('span', { class: 'sub' }, `another id of ${aliasOf}`));
  if (error !== undefined) lines.push(make('span', { class: 'sub', 'data-tone': 'bad' }, error));
  return make(
    'li',
    {},
    make('a', { href: viewAddress(context, 'chats', chatId), 'data-chat': chatId }, ...lines),
  );
}

function paging(total: number, offset: number, shown: number, goTo: (offset: number) => void): HTMLElement[] {
  if (total <= PAGE_SIZE && offset === 0) return [];
  const step = (label: string, next: number, possible: boolean) => {
    const button = make('button', { type: 'button', ...(!possible && { disabled: '' }) }, label);
    button.addEventListener('click', () => void goTo(next));
    return button;
  };
  return [
    step('Newer', Math.max(0, offset - PAGE_SIZE), offset > 0),
    make('span', {}, `${offset + 1} to ${offset + shown} of ${total}`),
    step('Older', offset + PAGE_SIZE, offset + shown < total),
  ];
}
