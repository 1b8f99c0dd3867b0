import type { Command } from 'commander';
import type { ConvertedSpec } from '../../runtime/files/convert/convert-spec.ts';
import { type Locale, say } from '../../runtime/files/messages.ts';
import { loadSpec } from '../../runtime/files/spec/load.ts';
import { example } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { writeNew } from './infer-spec.ts';
import { textOf } from './input-file.ts';
import { type LocaleFlags, localeOf, withLocale } from './locale.ts';
import { contextOf, problemText } from './problem-text.ts';
import { asJson, requireValid } from './validate-spec.ts';

interface ConvertFlags extends LocaleFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** `hookline files convert-spec`: the older dialect as one specification of today (contract files §4.1). */
export function addConvertSpec(files: Command, world: World): void {
  withLocale(
    files
      .command('convert-spec')
      .description(
        'convert specifications of the older format, one catalog or package a file, into one of today',
      )
      .argument('<old...>', 'all files of one delivery: its catalogs and its package')
      .option('--out <file>', 'write the specification there; without it, it is printed')
      .option('--json', 'print the specification and what was said as JSON'),
  )
    .addHelpText('after', example('hookline files convert-spec clientes.yaml entrega.yaml --out nueva.yaml'))
    .action(async (names: readonly string[], flags: ConvertFlags) => {
      const { convertSpec } = await import('../../runtime/files/convert/convert-spec.ts');
      const old = await Promise.all(names.map(async (name) => ({ name, text: await textOf(name) })));
      const locale = localeOf(flags, world.environment);
      const converted = convertSpec(old, locale);
      const { terminal } = world;
      if (flags.json) terminal.out(`${JSON.stringify(jsonOf(converted, locale))}\n`);
      else {
        const contexts = new Map(
          old.map(({ name, text }) => [name, contextOf({ file: name, text }, locale, terminal)]),
        );
        for (const problem of converted.problems) {
          const context = contexts.get(problem.file);
          if (context) terminal.error(problemText(problem, context));
        }
      }
      await give(converted, flags, locale, world);
    });
}

/** Prints or writes the document, whole or not: what it lacks is mended by hand. */
async function give(
  { text, problems }: ConvertedSpec,
  { out, json }: ConvertFlags,
  locale: Locale,
  { terminal }: World,
): Promise<void> {
  if (text === undefined) {
    requireValid({ spec: undefined, problems }, locale);
    return;
  }
  if (out !== undefined) {
    await writeNew(out, text);
    if (!json) terminal.out(`${say(locale, 'SPEC_WRITTEN', { file: out })}\n`);
  } else if (!json) terminal.out(text);
  requireValid(loadSpec(text), locale);
}

const jsonOf = ({ text, problems }: ConvertedSpec, locale: Locale): object => ({
  text,
  problems: problems.map((problem) => ({ file: problem.file, ...asJson(problem, locale) })),
});
