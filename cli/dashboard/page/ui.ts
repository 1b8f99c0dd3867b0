import { byId, make } from '../../page/dom.ts';

/** A button that works while its promise runs, and shows beside it what went wrong. */
export function actionButton(
  label: string,
  act: () => Promise<string | undefined>,
  properties: Readonly<Record<string, string>> = {},
): HTMLElement {
  const button = make('button', { type: 'button', ...properties }, label);
  const outcome = make('span', { class: 'outcome', role: 'status' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    outcome.textContent = 'Working…';
    outcome.removeAttribute('data-tone');
    try {
      const done = await act();
      outcome.textContent = done ?? '';
      outcome.dataset.tone = 'good';
    } catch (error) {
      outcome.textContent = messageOf(error);
      outcome.dataset.tone = 'bad';
    } finally {
      button.disabled = false;
    }
  });
  return make('span', { class: 'action' }, button, outcome);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Says something to who listens, and to nobody else. */
export function announce(text: string): void {
  byId('live', HTMLElement).textContent = text;
}

/** A place that has nothing to show says why. */
export const empty = (...sentences: readonly string[]): HTMLElement =>
  make('div', { class: 'empty' }, ...sentences.map((sentence) => make('p', {}, sentence)));

export const failure = (error: unknown): HTMLElement =>
  make('p', { class: 'notice', 'data-tone': 'bad', role: 'alert' }, messageOf(error));

export const notice = (text: string, tone = 'info'): HTMLElement =>
  make('p', { class: 'notice', 'data-tone': tone }, text);

export const pill = (text: string, tone = 'info'): HTMLElement =>
  make('span', { class: 'pill', 'data-tone': tone }, text);

type Cell = Node | string;

/** A table that scrolls by itself when it is wider than the page. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const head = make('tr', {}, ...columns.map((name) => make('th', { scope: 'col' }, name)));
  const body = rows.map((cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell))));
  return make(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    make(
      'table',
      {},
      make('caption', { class: 'hidden' }, caption),
      make('thead', {}, head),
      make('tbody', {}, ...body),
    ),
  );
}

/** Something long that is shown when it is asked for. */
export function details(summary: string, ...children: readonly (Node | string)[]): HTMLDetailsElement {
  return make('details', {}, make('summary', {}, summary), ...children);
}

/** The same, made when it is first opened: most are never. */
export function lazyDetails(summary: string, load: () => Promise<readonly Node[]>): HTMLDetailsElement {
  const content = make('div', {});
  const element = details(summary, content);
  element.addEventListener('toggle', () => {
    if (element.open && content.childElementCount === 0) void fill(content, load);
  });
  return element;
}

export const json = (value: unknown): HTMLElement =>
  make('pre', { tabindex: '0' }, JSON.stringify(value, null, 2) ?? '');

/** Facts by name, in two columns. */
export function facts(rows: readonly (readonly [string, Cell])[]): HTMLElement {
  return make(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}

/** Fills a place when its content is there; only what takes long says that it is being read. */
export async function fill(
  place: HTMLElement,
  load: () => Promise<readonly (Node | string)[]>,
): Promise<void> {
  place.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => place.replaceChildren(make('p', { class: 'loading' }, 'Reading…')), 200);
  try {
    place.replaceChildren(...(await load()));
  } catch (error) {
    place.replaceChildren(failure(error));
  } finally {
    clearTimeout(slow);
    place.setAttribute('aria-busy', 'false');
  }
}
