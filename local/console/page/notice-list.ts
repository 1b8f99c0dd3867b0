import { byId, make, syncList } from '../../../cli/page/dom.ts';

/** One line above the message field, with the button that mends it. */
export interface Notice {
  readonly key: string;
  readonly tone: string;
  readonly text: string;
  readonly button?: { readonly title: string; act(): void };
}

/** Shows these notices and no others. */
export function showNoticeList(notices: readonly Notice[]): void {
  syncList(byId('notices', HTMLElement), notices, {
    key: ({ key }) => key,
    create: ({ tone, text, button: asked }) => {
      const notice = make('p', { 'data-tone': tone }, make('span', {}, text));
      if (!asked) return notice;
      const button = make('button', { type: 'button' }, asked.title);
      button.addEventListener('click', asked.act);
      notice.append(button);
      return notice;
    },
  });
}
