import { byId, make, setText, syncList } from '../../../../cli/page/dom.ts';
import type { RepliesView } from '../../replies/model.ts';
import { failureText, onCompose } from '../composer.ts';
import { showDepths } from '../depths.ts';
import { openFaultMenu } from '../fault-menu.ts';
import { excerpt } from '../format.ts';
import { showCritical, showHandOffs } from './desk.ts';
import { showNotices, showPhone } from './phone.ts';
import { showRecord } from './record.ts';
import {
  answerHandOff,
  beginConversation,
  readView,
  redrive,
  repair,
  sendMessage,
  setFault,
  setOrder,
} from './server.ts';

/** Between two looks. */
const PAUSE_MILLIS = 700;
/** While nobody sees the page. */
const HIDDEN_PAUSE_MILLIS = 5000;
/** Value of the entry "another number". */
const OTHER = '';

const page = {
  person: 'p0',
  view: undefined as RepliesView | undefined,
  lost: undefined as string | undefined,
  heard: 0,
};

const person = byId('person', HTMLSelectElement);
const reveal = byId('reveal', HTMLInputElement);
const text = byId('text', HTMLTextAreaElement);
const number = byId('number', HTMLInputElement);
const order = byId('order', HTMLSelectElement);
const error = byId('error', HTMLElement);

function render(): void {
  const { view } = page;
  if (!view) return;
  setText(byId('stand', HTMLElement), `On ${view.backend}`);
  byId('bots', HTMLElement).hidden = !view.hasBots;
  showPeople(view);
  showDepths([
    ['Triggers', view.depths.triggers],
    ['For a person', view.depths.humans],
    ['Dead letters', view.depths.deadLetters],
  ]);
  showPhone(view.phone);
  showNotices(view, page.lost, {
    onRepair: (provider) => void run(repair(provider)),
    onRedrive: () => void run(redrive()),
  });
  showRecord(view.record, view.staged);
  showHandOffs(view.handOffs, (id, words) => run(answerHandOff(id, words)));
  showCritical(view.critical);
  if (document.activeElement !== order) order.value = view.callbackOrder;
  announce(view);
}

function showPeople({ people }: RepliesView): void {
  const options = [
    ...people.map(({ id, name, number }) => ({ value: id, words: `${name}, ${number}` })),
    { value: OTHER, words: 'Another number…' },
  ];
  syncList(person, options, {
    key: ({ value }) => `person ${value}`,
    create: ({ value }) => make('option', { value }),
    update: (element, { words }) => setText(element, words),
  });
  if (byId('begin', HTMLFormElement).hidden) person.value = page.person;
}

/** New replies are read out. */
function announce({ phone }: RepliesView): void {
  const theirs = phone.filter(({ side }) => side === 'theirs');
  const last = theirs.at(-1);
  if (last && theirs.length > page.heard)
    setText(byId('live', HTMLElement), `Reply: ${excerpt(last.text, 200)}`);
  page.heard = theirs.length;
}

/** Shows what went wrong with something the person asked for, then how things stand. */
async function run(action: Promise<unknown>): Promise<void> {
  setText(error, '');
  try {
    await action;
  } catch (failure) {
    setText(error, failureText(failure));
  }
  await look();
}

async function look(): Promise<void> {
  const asked = page.person;
  try {
    const view = await readView(asked, reveal.checked);
    if (asked !== page.person) return;
    page.view = view;
    page.lost = undefined;
  } catch (failure) {
    const hint = failure instanceof TypeError ? ' Is npm start still running?' : '';
    page.lost = failureText(failure) + hint;
  }
  render();
}

async function keepLooking(): Promise<void> {
  await look();
  setTimeout(() => void keepLooking(), document.hidden ? HIDDEN_PAUSE_MILLIS : PAUSE_MILLIS);
}

async function send(): Promise<void> {
  if (text.value.trim() === '') return;
  await sendMessage(page.person, text.value);
  text.value = '';
}

async function choosePerson(id: string): Promise<void> {
  page.person = id;
  page.heard = Number.MAX_SAFE_INTEGER;
  byId('begin', HTMLFormElement).hidden = true;
  await look();
}

async function begin(): Promise<void> {
  const { id } = await beginConversation(number.value);
  await choosePerson(id);
  text.focus();
}

onCompose(text, () => void run(send()));
person.addEventListener('change', () => {
  if (person.value !== OTHER) return void choosePerson(person.value);
  byId('begin', HTMLFormElement).hidden = false;
  number.focus();
});
byId('begin', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void run(begin());
});
reveal.addEventListener('change', () => void look());
order.addEventListener('change', () => void run(setOrder(order.value)));
byId('open-faults', HTMLButtonElement).addEventListener('click', () => {
  if (page.view) openFaultMenu(page.view.faults, (fault) => void run(setFault(fault)));
});

// What scrolls can be scrolled with the keyboard.
for (const id of ['scroller', 'panels']) byId(id, HTMLElement).tabIndex = 0;
void keepLooking();
text.focus();
