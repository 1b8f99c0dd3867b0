import { byId, make, setText, syncList } from '../../../cli/page/dom.ts';

/** What lies in the queues, by name; dead letters stand out. */
export function showDepths(depths: readonly (readonly [name: string, count: number])[]): void {
  syncList(byId('depths', HTMLDListElement), depths, {
    key: ([name]) => name,
    create: ([name]) => make('div', {}, make('dt', {}, name), make('dd')),
    update: (element, [name, count]) => {
      const value = element.querySelector('dd');
      if (value) setText(value, String(count));
      element.dataset.tone = name === 'Dead letters' && count > 0 ? 'bad' : 'none';
    },
  });
}
