import type { Command } from 'commander';
import type { Finding } from '../deploy/checks/finding.ts';
import type { ProjectFlags } from '../project/project.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, shown, withProject } from './project-options.ts';

/** `hookline bot doctor`: why does the bot not answer? */
export function addDoctor(bot: Command, world: World): void {
  withProject(
    bot
      .command('doctor')
      .description('look for what keeps the bot from answering, and say what to do; changes nothing'),
  )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', example('hookline bot doctor'))
    .action(async (flags: ProjectFlags & { readonly json?: boolean }) => {
      const { doctor } = await needing(DEPLOY_PACKAGES, () => import('../deploy/doctor.ts'));
      const findings = await doctor(flags, world);
      const text = () => findings.map((finding) => findingLine(finding, world.terminal)).join('');
      world.terminal.out(shown(flags.json, findings, text));
      const count = findings.filter(({ state }) => state === 'bad').length;
      if (count > 0) throw new Error(`${count} of ${findings.length} checks are bad.`);
    });
}

const COLOURS = { ok: 'green', warning: 'bold', bad: 'red' } as const;

/** One finding as it is printed, with its advice below. */
export function findingLine({ check, state, text, fix }: Finding, terminal: Terminal): string {
  const advice = fix === undefined ? '' : `${' '.repeat(22)}${fix}\n`;
  return `${paint(terminal, COLOURS[state], state.padEnd(8))} ${check.padEnd(12)} ${text}\n${advice}`;
}
