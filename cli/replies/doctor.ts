import type { Command } from 'commander';
import { findingLine } from '../bot/doctor.ts';
import { example, shown } from '../bot/project-options.ts';
import { needing, type World } from '../world.ts';
import { namesOf, type RepliesFlags, withReplies, worldOf } from './deployment.ts';

/** `hookline replies doctor`: the check after a deployment (contract replies §14). */
export function addDoctor(replies: Command, world: World): void {
  withReplies(
    replies
      .command('doctor')
      .description('check a deployment point by point, and say what to do; changes nothing')
      .option('--json', 'print the findings as JSON'),
  )
    .addHelpText('after', example('hookline replies doctor --env prod'))
    .action(async (flags: RepliesFlags & { readonly json?: boolean }) => {
      const { repliesFindings } = await needing(DOCTOR_PACKAGES, () => import('./findings.ts'));
      const findings = await repliesFindings(namesOf(flags), worldOf(flags, world));
      const text = () => findings.map((finding) => findingLine(finding, world.terminal)).join('');
      world.terminal.out(shown(flags.json, findings, text));
      const count = findings.filter(({ state }) => state === 'bad').length;
      if (count > 0) throw new Error(`${count} of ${findings.length} checks are bad.`);
    });
}

const DOCTOR_PACKAGES = ['cloudwatch-logs', 'dynamodb', 'lambda', 'sqs'].map(
  (service) => `@aws-sdk/client-${service}`,
);
