import { make } from '../../page/dom.ts';
import { addUsage } from '../sums.ts';
import type { ChatSummary, UsageLine } from '../views.ts';
import { type Context, viewAddress } from './context.ts';
import { count, many, money } from './format.ts';
import { empty, fill, notice, table } from './ui.ts';

/** Chats that are read at a time. */
const PAGE_SIZE = 50;

/** What models used and cost, of the chats that were read. */
export function costView(context: Context, place: HTMLElement): void {
  const content = make('div', {});
  const chats: ChatSummary[] = [];
  const load = (): Promise<void> =>
    fill(content, async () => {
      const page = await context.api.chats({ offset: chats.length, limit: PAGE_SIZE });
      chats.push(...page.chats);
      return tables(chats, page.total, context, load);
    });
  place.replaceChildren(make('section', { class: 'panel', 'aria-label': 'Cost' }, content));
  place.setAttribute('aria-busy', 'false');
  void load();
}

interface ChatLine extends UsageLine {
  readonly chatId: string;
}

function tables(
  chats: readonly ChatSummary[],
  total: number,
  context: Context,
  more: () => Promise<void>,
): HTMLElement[] {
  const lines = chats.flatMap(({ chatId, content }) =>
    (content?.usage ?? []).map((line): ChatLine => ({ ...line, chatId })),
  );
  const covers = `Counted from the stored rows of the ${many(chats.length, 'chat')} with the newest messages, of ${total}. What was cleared or archived is not in it; days are UTC.`;
  const next = make('button', { type: 'button' }, 'Read more chats');
  next.addEventListener('click', () => void more());
  return [notice(covers), ...(chats.length < total ? [next] : []), ...sums(lines, context)];
}

function sums(lines: readonly ChatLine[], context: Context): HTMLElement[] {
  if (lines.length === 0)
    return [
      empty(
        'No row of these chats tells of a model call.',
        'An agent that calls no model, or counts nothing, costs nothing here.',
      ),
    ];
  const chatLink = (chatId: string) => make('a', { href: viewAddress(context, 'chats', chatId) }, chatId);
  const same = (name: string) => name;
  return [
    make('h2', {}, `Together ${money(addUsage(lines).costUsd)}`),
    group('Per day', lines, ({ day }) => day, same),
    group('Per chat', lines, ({ chatId }) => chatId, chatLink),
    group('Per user', lines, ({ userId }) => userId, same),
    group('Per model', lines, ({ model }) => model, same),
  ];
}

function group(
  title: string,
  lines: readonly ChatLine[],
  nameOf: (line: ChatLine) => string,
  show: (name: string) => Node | string,
): HTMLElement {
  const groups = [...Map.groupBy(lines, nameOf)].map(([name, its]) => ({ name, sum: addUsage(its) }));
  groups.sort((a, b) =>
    title === 'Per day' ? b.name.localeCompare(a.name) : (b.sum.costUsd ?? 0) - (a.sum.costUsd ?? 0),
  );
  const rows = groups.map(({ name, sum }) => [
    show(name),
    count(sum.messages),
    count(sum.tokensIn),
    count(sum.tokensOut),
    money(sum.costUsd),
  ]);
  const [, what = ''] = title.split(' ');
  const head = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return make(
    'section',
    {},
    make('h3', {}, title),
    table(title, [head, 'Replies', 'Tokens in', 'Tokens out', 'Cost'], rows),
  );
}
