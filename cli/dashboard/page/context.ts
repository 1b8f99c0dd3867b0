import type { BotView, SiteView } from '../views.ts';
import type { BotApi } from './api.ts';

/** What a view is shown with. */
export interface Context {
  readonly site: SiteView;
  readonly bot: BotView;
  readonly api: BotApi;
  /** What stands behind the view's name in the address, for example a chat. */
  readonly subject: string | undefined;
}

/** The address of a view of a bot. */
export const viewAddress = ({ bot }: Pick<Context, 'bot'>, view: string, subject?: string): string =>
  `#/${[bot.name, view, ...(subject === undefined ? [] : [subject])].map(encodeURIComponent).join('/')}`;
