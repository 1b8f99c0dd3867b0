import { byId } from '../../../cli/page/dom.ts';
import type { BotView } from '../model.ts';
import { openFaultMenu } from './fault-menu.ts';
import { CHANNEL_NAMES, PROVIDER_NAMES } from './format.ts';

/** Opens the menu of a bot's faults; `onChoose` gets the chosen one. */
export function openFaults({ channel, faults }: BotView, onChoose: (fault: string) => void): void {
  byId('faults-intro', HTMLElement).textContent =
    `${CHANNEL_NAMES[channel]}’s stand-in plays ${PROVIDER_NAMES[channel]}. Choose how it fails and see that nothing is lost.`;
  openFaultMenu(faults, onChoose);
}
