import { byId } from '../../../cli/page/dom.ts';

/** Sends what is in the message field by its button and by Enter, which alone makes no new line. */
export function onCompose(text: HTMLTextAreaElement, send: () => void): void {
  byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  onEnter(text, send);
}

/** Enter sends what was written; with Shift it makes a new line. */
export function onEnter(text: HTMLTextAreaElement, send: () => void): void {
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
}

/** What went wrong, for the person who asked for it; a `fetch` without an answer is a `TypeError`. */
export const failureText = (failure: unknown): string =>
  failure instanceof TypeError ? 'The stand does not answer.' : (failure as Error).message;
