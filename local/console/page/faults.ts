import { byId, make } from '../../../cli/page/dom.ts';
import type { BotView } from '../model.ts';
import { CHANNEL_NAMES, PROVIDER_NAMES } from './format.ts';

const dialog = byId('faults', HTMLDialogElement);

/** Opens the menu of faults; `onChoose` gets the chosen one. */
export function openFaults(bot: BotView, onChoose: (fault: string) => void): void {
  byId('faults-intro', HTMLElement).textContent =
    `${CHANNEL_NAMES[bot.channel]}’s stand-in plays ${PROVIDER_NAMES[bot.channel]}. Choose how it fails and see that nothing is lost.`;
  const choices = byId('fault-choices', HTMLFieldSetElement);
  const legend = choices.querySelector('legend');
  choices.replaceChildren(
    ...(legend ? [legend] : []),
    ...bot.faults.map((fault, index) => choice(fault, index)),
  );
  dialog.onclose = () => {
    const chosen = new FormData(byId('fault-form', HTMLFormElement)).get('fault');
    if (dialog.returnValue === 'set' && typeof chosen === 'string') onChoose(chosen);
  };
  dialog.returnValue = 'cancel';
  dialog.showModal();
}

function choice({ id, title, effect }: BotView['faults'][number], index: number): HTMLElement {
  const radio = make('input', {
    type: 'radio',
    name: 'fault',
    value: id,
    ...(index === 0 && { checked: '' }),
  });
  const words = make('span', {}, make('strong', {}, title), make('span', { class: 'effect' }, effect));
  return make('label', { class: 'choice' }, radio, words);
}
