import { byId, make, setText, syncList } from '../../../cli/page/dom.ts';
import type { BotView, Channel, ConsoleMessage, ConsoleState, HistoryView } from '../model.ts';
import { failureText, onCompose } from './composer.ts';
import { showConversation } from './conversation.ts';
import { showDepths } from './depths.ts';
import { openFaults } from './faults.ts';
import { CHANNEL_NAMES, excerpt, stateText } from './format.ts';
import { showNotices } from './notices.ts';
import { deliverAgain, listen, readHistory, redrive, sendMessage, setFault } from './server.ts';
import { showHistory, showTimeline } from './timeline.ts';

/** What the page knows and what the person chose. */
const page = {
  state: undefined as ConsoleState | undefined,
  messages: new Map<string, ConsoleMessage>(),
  channel: undefined as Channel | undefined,
  selected: undefined as string | undefined,
  history: undefined as HistoryView | undefined,
  connected: true,
};

const user = byId('user', HTMLSelectElement);
const number = byId('number', HTMLInputElement);
const text = byId('text', HTMLTextAreaElement);
const error = byId('error', HTMLElement);
/** Value of the entry "another number". */
const OTHER = '';

const currentUser = () => (user.value === OTHER ? number.value.trim().replace(/^\+/, '') : user.value);
const bot = (): BotView | undefined => page.state?.bots.find(({ channel }) => channel === page.channel);
const chat = () =>
  [...page.messages.values()].filter((each) => each.channel === page.channel && each.user === currentUser());

function render(): void {
  showConversation(chat(), page.history, page.selected, select);
  showTimeline(page.selected === undefined ? undefined : page.messages.get(page.selected));
  showHistory(page.history);
  const current = bot();
  if (current)
    showNotices(current, page.connected, {
      repair: () => run(setFault(current.channel, null)),
      redrive: bringBack,
    });
}

function select(id: string | undefined): void {
  page.selected = id;
  render();
  // On a narrow screen the time line is below the chat.
  if (id !== undefined && matchMedia('(width < 60rem)').matches)
    byId('trace', HTMLElement).scrollIntoView({ behavior: 'smooth' });
}

/** Another chat was chosen. */
function changeChat(): void {
  byId('number-field', HTMLElement).hidden = user.value !== OTHER;
  page.selected = chat().at(-1)?.id;
  page.history = undefined;
  render();
  refreshHistory();
}

/** Several changes at once are one look. */
let historyTimer: ReturnType<typeof setTimeout> | undefined;
function refreshHistory(): void {
  clearTimeout(historyTimer);
  historyTimer = setTimeout(() => void loadHistory(), 100);
}

async function loadHistory(): Promise<void> {
  const [channel, chatId] = [page.channel, currentUser()];
  if (!channel || !chatId) return;
  const history = await readHistory(channel, chatId).catch(() => undefined);
  if (channel !== page.channel || chatId !== currentUser()) return;
  page.history = history;
  render();
}

/** Shows what went wrong with something the person asked for. */
async function run(action: Promise<unknown>): Promise<void> {
  setText(error, '');
  try {
    await action;
  } catch (failure) {
    setText(error, failureText(failure));
  }
}

const announce = (words: string) => setText(byId('live', HTMLElement), words);

async function send(): Promise<void> {
  if (!page.channel || text.value.trim() === '') return;
  const { id } = await sendMessage(page.channel, currentUser(), text.value);
  text.value = '';
  page.selected = id;
  render();
}

async function bringBack(): Promise<void> {
  if (page.channel) await run(redrive(page.channel));
}

function showState(state: ConsoleState): void {
  page.state = state;
  page.channel ??= state.bots[0]?.channel;
  const isNew = user.options.length === 0;
  setText(byId('stand', HTMLElement), `On ${state.backend}, busy policy “${bot()?.busyPolicy ?? ''}”`);
  byId('replies', HTMLElement).hidden = !state.hasReplies;
  showChannels(state);
  if (isNew) showUsers();
  const { waiting, deadLetters } = bot()?.depth ?? {};
  showDepths([
    ...(waiting === undefined ? [] : [['In the queue', waiting] as const]),
    ...(deadLetters === undefined ? [] : [['Dead letters', deadLetters] as const]),
  ]);
  render();
}

function showChannels({ bots }: ConsoleState): void {
  syncList(byId('channels', HTMLFieldSetElement), ['legend', ...bots.map(({ channel }) => channel)], {
    key: (name) => name,
    create: (name) => {
      if (name === 'legend') return make('legend', { class: 'hidden' }, 'Channel');
      const radio = make('input', { type: 'radio', name: 'channel', value: name });
      radio.checked = name === page.channel;
      radio.addEventListener('change', () => {
        page.channel = name as Channel;
        if (page.state) showState(page.state);
        showUsers();
      });
      return make('label', {}, radio, make('span', {}, CHANNEL_NAMES[name as Channel]));
    },
  });
}

function showUsers(): void {
  const users = bot()?.users ?? [];
  const options = users.map(({ id, name }) => make('option', { value: id }, `${name}, ${id}`));
  user.replaceChildren(
    ...options,
    make('option', { value: OTHER }, page.channel === 'telegram' ? 'Another chat id…' : 'Another number…'),
  );
  setText(byId('number-label', HTMLElement), page.channel === 'telegram' ? 'Chat id' : 'Number');
  changeChat();
}

const decisions = (message: ConsoleMessage | undefined): number =>
  message?.steps.filter(({ kind }) => kind === 'decision').length ?? 0;

function showMessage(message: ConsoleMessage): void {
  const before = page.messages.get(message.id);
  page.messages.set(message.id, message);
  const reply = message.replies.at(-1);
  if (before && reply && message.replies.length > before.replies.length)
    announce(`Reply: ${excerpt(reply.text, 200)}`);
  else if (before && before.state !== message.state) announce(stateText(message));
  if (decisions(message) > decisions(before) || message.state !== before?.state) refreshHistory();
  if (page.selected === undefined || !page.messages.has(page.selected)) page.selected = chat().at(-1)?.id;
  render();
}

function connect(): void {
  listen({
    onState: showState,
    onMessage: showMessage,
    onConnection: (connected) => {
      // A server that started anew counts its messages from one.
      if (connected) page.messages.clear();
      page.connected = connected;
      render();
    },
  });
}

onCompose(text, () => void run(send()));
user.addEventListener('change', changeChat);
number.addEventListener('change', changeChat);
byId('again', HTMLButtonElement).addEventListener('click', () => {
  if (page.selected) void run(deliverAgain(page.selected, false));
});
byId('forge', HTMLButtonElement).addEventListener('click', () => {
  if (page.selected) void run(deliverAgain(page.selected, true));
});
byId('open-faults', HTMLButtonElement).addEventListener('click', () => {
  const current = bot();
  if (current) openFaults(current, (fault) => void run(setFault(current.channel, fault)));
});

const SAMPLES: Readonly<Record<string, string>> = {
  'Hello, hookline': 'Hello, hookline',
  '/help': '/help',
  'A reply of two parts': 'A long message. '.repeat(256).trim(),
};
for (const [label, sample] of Object.entries(SAMPLES)) {
  const button = make('button', { type: 'button' }, label);
  button.addEventListener('click', () => {
    text.value = sample;
    text.focus();
  });
  byId('samples', HTMLElement).append(button);
}

connect();
text.focus();
