import { byId, make } from '../../../cli/page/dom.ts';

/** One way in which a provider can fail. */
interface Fault {
  readonly id: string;
  readonly title: string;
  readonly effect: string;
}

/** Opens the menu of faults; `onChoose` gets the chosen one's id. */
export function openFaultMenu(faults: readonly Fault[], onChoose: (fault: string) => void): void {
  const dialog = byId('faults', HTMLDialogElement);
  const choices = byId('fault-choices', HTMLFieldSetElement);
  const legend = choices.querySelector('legend');
  choices.replaceChildren(...(legend ? [legend] : []), ...faults.map(choice));
  dialog.onclose = () => {
    const chosen = new FormData(byId('fault-form', HTMLFormElement)).get('fault');
    if (dialog.returnValue === 'set' && typeof chosen === 'string') onChoose(chosen);
  };
  dialog.returnValue = 'cancel';
  dialog.showModal();
}

function choice({ id, title, effect }: Fault, index: number): HTMLElement {
  const checked = index === 0 && { checked: '' };
  const radio = make('input', { type: 'radio', name: 'fault', value: id, ...checked });
  const words = make('span', {}, make('strong', {}, title), make('span', { class: 'effect' }, effect));
  return make('label', { class: 'choice' }, radio, words);
}
