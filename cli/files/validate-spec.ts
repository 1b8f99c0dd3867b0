import type { Command } from 'commander';
import { type Locale, say } from '../../runtime/files/messages.ts';
import type { LoadedSpec } from '../../runtime/files/spec/load.ts';
import type { Problem, Spec } from '../../runtime/files/spec/types.ts';
import { example } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { textOf } from './input-file.ts';
import { type LocaleFlags, localeOf, withLocale } from './locale.ts';
import { contextOf, problemText, type SpecText } from './problem-text.ts';

interface ValidateFlags extends LocaleFlags {
  readonly json?: boolean;
}

/** `hookline files validate-spec`: exit code 0 for a valid specification, 1 for any other (contract files §7). */
export function addValidateSpec(files: Command, world: World): void {
  withLocale(
    files
      .command('validate-spec')
      .description('check a specification: every problem at once, with its line and how to mend it')
      .argument('<spec>', 'the specification, a YAML file')
      .option('--json', 'print the result as JSON'),
  )
    .addHelpText('after', example('hookline files validate-spec pedidos.yaml'))
    .action(async (file: string, flags: ValidateFlags) => {
      const { loadSpec } = await import('../../runtime/files/spec/load.ts');
      const source = { file, text: await textOf(file) };
      const locale = localeOf(flags, world.environment);
      const loaded = loadSpec(source.text);
      world.terminal.out(
        flags.json
          ? `${JSON.stringify(resultJson(loaded, file, locale))}\n`
          : asText(loaded, source, locale, world),
      );
      requireValid(loaded, locale);
    });
}

/** Ends the command with exit code 1 and the number of errors, unless there are none. */
export function requireValid({ spec, problems }: LoadedSpec, locale: Locale): Spec {
  if (spec) return spec;
  const count = problems.filter(({ severity }) => severity === 'error').length;
  throw new Error(say(locale, 'SPEC_ERRORS_FOUND', { count }));
}

function asText(
  { spec, problems }: LoadedSpec,
  source: SpecText,
  locale: Locale,
  { terminal }: World,
): string {
  const context = contextOf(source, locale, terminal);
  const told = problems.map((problem) => problemText(problem, context)).join('');
  if (!spec) return told;
  const values = {
    file: source.file,
    catalogs: spec.catalogs.size,
    packages: spec.packages.size,
    warnings: problems.length,
  };
  return `${told}${say(locale, 'SPEC_VALID', values)}\n`;
}

const resultJson = ({ spec, problems }: LoadedSpec, file: string, locale: Locale): object => ({
  file,
  valid: spec !== undefined,
  problems: problems.map((problem) => asJson(problem, locale)),
});

/** A problem for programs: its code and values are stable, its message is for people. */
export const asJson = ({ code, severity, path, at, values }: Problem, locale: Locale): object => ({
  code,
  severity,
  path,
  line: at.line,
  column: at.column,
  message: say(locale, code, values),
  values,
});
