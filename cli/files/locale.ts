import { type Command, Option } from 'commander';
import type { Environment } from '../../runtime/core/config.ts';
import { LOCALES, type Locale } from '../../runtime/files/messages.ts';

export interface LocaleFlags {
  readonly locale?: Locale;
}

export const withLocale = (command: Command): Command =>
  command.addOption(
    new Option('--locale <language>', 'language of messages; without it SAGE_LOCALE, else es').choices([
      ...LOCALES,
    ]),
  );

/** What is asked for, else the environment's, else Spanish. */
export function localeOf({ locale }: LocaleFlags, { SAGE_LOCALE: set }: Environment): Locale {
  return locale ?? LOCALES.find((known) => known === set) ?? 'es';
}
