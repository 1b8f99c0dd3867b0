import { make } from '../../page/dom.ts';
import { chatList } from './chat-list.ts';
import type { Context } from './context.ts';
import { conversationPane } from './conversation.ts';
import { empty } from './ui.ts';

/** The list of the last visit of a bot: choosing a chat must not lose the place in it. */
let kept: { readonly bot: string; readonly list: ReturnType<typeof chatList> } | undefined;

/** The chats beside the chosen one's conversation. */
export function chatsView(context: Context, place: HTMLElement): void {
  if (kept?.bot !== context.bot.name) kept = { bot: context.bot.name, list: chatList(context) };
  const { list } = kept;
  list.choose(context.subject);
  const pane = make('section', { class: 'panel conversation', 'aria-label': 'Conversation' });
  place.dataset.chosen = String(context.subject !== undefined);
  place.setAttribute('aria-busy', 'false');
  place.replaceChildren(list.element, pane);
  if (context.subject === undefined)
    pane.replaceChildren(empty('Choose a chat to read its conversation, to take it over or to export it.'));
  else conversationPane(context, context.subject, pane, list.refresh);
}
