import { byId, make } from '../../page/dom.ts';
import type { SiteView } from '../views.ts';
import { botApi, readSite } from './api.ts';
import { chatsView } from './chats-view.ts';
import { type Context, viewAddress } from './context.ts';
import { costView } from './cost-view.ts';
import { failedView } from './failed-view.ts';
import { queuesView } from './queues-view.ts';
import { settingsView } from './settings-view.ts';
import { traceView } from './trace-view.ts';
import { failure } from './ui.ts';

interface View {
  readonly name: string;
  readonly title: string;
  /** Fills the place by itself; what it returns is what keeps it up to date with another subject. */
  show(context: Context, place: HTMLElement): void;
}

const VIEWS: readonly View[] = [
  { name: 'chats', title: 'Chats', show: chatsView },
  { name: 'trace', title: 'Trace', show: traceView },
  { name: 'failed', title: 'Failed events', show: failedView },
  { name: 'queues', title: 'Queues and locks', show: queuesView },
  { name: 'cost', title: 'Cost', show: costView },
  { name: 'settings', title: 'Settings', show: settingsView },
];

const place = byId('view', HTMLElement);
const picker = byId('bot', HTMLSelectElement);

/** `#/<bot>/<view>/<subject>`, each part encoded. */
function readAddress(): readonly (string | undefined)[] {
  const parts = location.hash.replace(/^#\/?/, '').split('/');
  return parts.map((part) => {
    try {
      return decodeURIComponent(part) || undefined;
    } catch {
      return undefined;
    }
  });
}

function show(site: SiteView): void {
  const [botName, viewName, subject] = readAddress();
  const bot = site.bots.find(({ name }) => name === botName) ?? site.bots[0];
  const view = VIEWS.find(({ name }) => name === viewName) ?? VIEWS[0];
  if (!bot || !view) return;
  const context: Context = { site, bot, api: botApi(bot.name), subject };
  picker.value = bot.name;
  document.title = `${view.title} · ${bot.name} · hookline`;
  // With several bots the name stands in the field beside it.
  const about = [...(site.bots.length > 1 ? [] : [bot.name]), bot.provider, bot.busyPolicy, bot.region];
  byId('about', HTMLElement).textContent = about.join(', ') + (site.isWritable ? '' : ' · only reads');
  byId('tabs', HTMLElement).replaceChildren(
    ...VIEWS.map(({ name, title }) =>
      make(
        'a',
        { href: viewAddress(context, name), ...(name === view.name && { 'aria-current': 'page' }) },
        title,
      ),
    ),
  );
  place.className = `view-${view.name}`;
  view.show(context, place);
}

function start(site: SiteView): void {
  byId('bot-field', HTMLElement).hidden = site.bots.length < 2;
  picker.replaceChildren(...site.bots.map(({ name }) => make('option', { value: name }, name)));
  picker.addEventListener('change', () => {
    const [, view] = readAddress();
    location.hash = `#/${encodeURIComponent(picker.value)}/${view ?? 'chats'}`;
  });
  if (site.consoleUrl !== undefined)
    byId('top', HTMLElement).append(make('a', { class: 'other', href: site.consoleUrl }, 'Console'));
  byId('skip', HTMLElement).addEventListener('click', (event) => {
    event.preventDefault();
    place.focus();
  });
  addEventListener('hashchange', () => show(site));
  show(site);
}

readSite().then(start, (error: unknown) => place.replaceChildren(failure(error)));
