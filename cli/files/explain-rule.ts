import type { Command } from 'commander';
import { type Locale, say } from '../../runtime/files/messages.ts';
import { nearest } from '../../runtime/files/spec/nearest.ts';
import { type Rule, rulesOf, type Spec } from '../../runtime/files/spec/types.ts';
import { example } from '../bot/project-options.ts';
import type { World } from '../world.ts';
import { textOf } from './input-file.ts';
import { type LocaleFlags, localeOf, withLocale } from './locale.ts';
import { contextOf, problemText } from './problem-text.ts';
import { requireValid } from './validate-spec.ts';

interface ExplainFlags extends LocaleFlags {
  readonly json?: boolean;
}

/** `hookline files explain-rule`: what a rule checks, in words (contract files §7). */
export function addExplainRule(files: Command, world: World): void {
  withLocale(
    files
      .command('explain-rule')
      .description(
        'say in words what a rule of a specification checks, of which rows, and what empty cells do',
      )
      .argument('<spec>', 'the specification, a YAML file')
      .argument('[rule]', 'id or name of the rule; without it, every rule')
      .option('--json', 'print the explanations as JSON'),
  )
    .addHelpText('after', example('hookline files explain-rule pedidos.yaml "cantidad positiva"'))
    .action(async (file: string, wanted: string | undefined, flags: ExplainFlags) => {
      const locale = localeOf(flags, world.environment);
      const spec = await validSpec(file, locale, world);
      const { explainRule } = await import('../../runtime/files/rules/explain.ts');
      const explained = rulesNamed(spec, wanted, locale).map((rule) => {
        const { id, name, level, severity } = rule;
        return { id, name, level, severity, text: explainRule(rule, spec, locale) };
      });
      world.terminal.out(
        flags.json ? `${JSON.stringify(explained)}\n` : explained.map(({ text }) => `${text}\n`).join('\n'),
      );
    });
}

/** Shows the errors of a specification that is refused, and ends with exit code 1 then. */
async function validSpec(file: string, locale: Locale, { terminal }: World): Promise<Spec> {
  const { loadSpec } = await import('../../runtime/files/spec/load.ts');
  const text = await textOf(file);
  const loaded = loadSpec(text);
  if (loaded.spec) return loaded.spec;
  const context = contextOf({ file, text }, locale, terminal);
  for (const problem of loaded.problems)
    if (problem.severity === 'error') terminal.error(problemText(problem, context));
  return requireValid(loaded, locale);
}

function rulesNamed(spec: Spec, wanted: string | undefined, locale: Locale): readonly Rule[] {
  const rules = rulesOf(spec);
  if (wanted === undefined) return rules;
  const found = rules.filter(({ id, name }) => id === wanted || name === wanted);
  if (found.length > 0) return found;
  const known = rules.flatMap(({ id, name }) => [id, name]);
  throw new Error(say(locale, 'SPEC_NO_RULE', { id: wanted, nearest: nearest(wanted, known) }));
}
