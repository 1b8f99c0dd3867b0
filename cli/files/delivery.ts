import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FilesError } from '../../runtime/files/errors.ts';
import { SENDING_METHODS, type SendingMethod } from '../../runtime/files/event/types.ts';
import { type Locale, say } from '../../runtime/files/messages.ts';
import type { Spec } from '../../runtime/files/spec/types.ts';
import { ExitError } from '../exit.ts';
import { sentenceOf } from '../said.ts';
import type { Terminal } from '../terminal.ts';
import { textOf } from './input-file.ts';
import { type LocaleFlags, withLocale } from './locale.ts';
import { contextOf, problemText } from './problem-text.ts';

/** What is said about a delivery, whether it is checked here or handed over. */
export interface DeliveryFlags extends LocaleFlags {
  readonly package?: string;
  readonly casillaId?: number;
  readonly emisorId?: number;
  readonly metodoEnvio?: SendingMethod;
  readonly uuid?: string;
}

/** Arguments and options of the commands that take a delivery. */
export const withDelivery = (command: Command): Command =>
  withLocale(
    command
      .argument('<yaml>', 'the specification')
      .argument('<data...>', 'the delivery: a CSV, Excel or ZIP file, or several loose files of a package'),
  )
    .option('--package <id>', 'package or catalog to check against (default: by kind and name)')
    .option('--casilla-id <n>', 'id of the mailbox, for the report', wholeNumber)
    .option('--emisor-id <n>', 'id of the sender, for the report', wholeNumber)
    .addOption(
      new Option('--metodo-envio <method>', 'how it was delivered, for the report').choices(SENDING_METHODS),
    )
    .option('--uuid <id>', 'id of the execution (default: a new one)');

/** The id that is asked for, as the storage of executions takes it (contract files §3.1), or a new one. */
export function idOf({ uuid = randomUUID() }: DeliveryFlags): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(uuid)) return uuid;
  throw new ExitError(
    2,
    '--uuid takes 1 to 128 letters, digits, dots, hyphens and underscores, and begins with a letter or a digit.',
  );
}

/** A specification that can be used; else its problems are printed, and `ExitError` is thrown. */
export async function usableSpec(
  file: string,
  locale: Locale,
  terminal: Terminal,
  exitCode: 1 | 2,
): Promise<{ readonly spec: Spec; readonly text: string }> {
  const { loadSpec } = await import('../../runtime/files/spec/load.ts');
  const text = await textOf(file);
  const { spec, problems } = loadSpec(text);
  if (spec) return { spec, text };
  const context = contextOf({ file, text }, locale, terminal);
  terminal.error(problems.map((problem) => problemText(problem, context)).join(''));
  const count = problems.filter(({ severity }) => severity === 'error').length;
  throw new ExitError(exitCode, say(locale, 'SPEC_ERRORS_FOUND', { count }));
}

/** An error in the user's language, with its code. */
export const saidOf = (error: unknown, locale: Locale): string =>
  error instanceof FilesError
    ? `${say(locale, error.code, error.values)} [${error.code}]`
    : sentenceOf(error);

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
