import { make } from '../../page/dom.ts';
import type { ReplaySide, ReplayView } from '../views.ts';
import type { Context } from './context.ts';
import { timeElement } from './format.ts';
import { fill, json, notice, pill } from './ui.ts';

/** Decides a recorded turn again and shows both results. Nothing is sent or stored. */
export function replayDialog({ api }: Context, chatId: string, eventId: string): void {
  const body = make('div', { class: 'replay' });
  const close = make('button', { type: 'button' }, 'Close');
  const title = make('h2', { id: 'replay-title' }, 'Replay of a turn');
  const actions = make('div', { class: 'dialog-actions' }, close);
  const dialog = make('dialog', { 'aria-labelledby': 'replay-title' }, title, body, actions);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  void fill(body, async () => content(await api.replay(chatId, eventId)));
}

function content({ eventId, at, agent, recorded, replayed, isEqual, notes }: ReplayView): HTMLElement[] {
  const told =
    agent === 'recorded' ? 'with the recorded reply as the agent’s' : 'with the agent that was given';
  return [
    make('p', {}, isEqual ? pill('equal', 'good') : pill('different', 'bad'), ' ', make('code', {}, eventId)),
    make(
      'p',
      { class: 'sub' },
      'Decided again as of ',
      timeElement(at),
      `, ${told}. Nothing was sent or stored.`,
    ),
    make('div', { class: 'sides' }, side('Recorded', recorded), side('Replayed', replayed)),
    ...notes.map((note) => notice(note)),
  ];
}

const side = (name: string, { rule, parts }: ReplaySide): HTMLElement =>
  make(
    'section',
    {},
    make('h3', {}, name),
    make('p', {}, `rule ${rule}`),
    ...(parts.length === 0 ? [make('p', { class: 'sub' }, 'no parts')] : parts.map((part) => json(part))),
  );
