import { make } from '../../page/dom.ts';
import type { SettingsView } from '../views.ts';
import type { Context } from './context.ts';
import { fill, notice, table } from './ui.ts';

/** What the worker is set to. Secrets are named, never shown. */
export function settingsView(context: Context, place: HTMLElement): void {
  const content = make('div', {});
  place.replaceChildren(make('section', { class: 'panel', 'aria-label': 'Settings' }, content));
  place.setAttribute('aria-busy', 'false');
  void fill(content, async () => tables(await context.api.settings()));
}

function tables({ variables, secrets, parameterName, fault }: SettingsView): HTMLElement[] {
  const rows = variables.map(({ name, value }) => [
    make('code', {}, name),
    value === undefined ? 'set, not shown' : make('code', {}, value),
  ]);
  const names = secrets.map((name) => [make('code', {}, name), 'set, not shown']);
  return [
    make('h2', {}, 'Variables of the worker'),
    table('Variables of the worker', ['Variable', 'Value'], rows),
    make('h2', {}, 'Secrets'),
    make(
      'p',
      { class: 'sub' },
      parameterName
        ? `From the parameter ${parameterName}.`
        : 'No parameter is named: the environment is all there is.',
    ),
    ...(fault === undefined ? [] : [notice(fault, 'warn')]),
    ...(names.length > 0 ? [table('Secrets', ['Name', 'Value'], names)] : []),
  ];
}
