import type { Command } from 'commander';
import { findingLine } from '../bot/doctor.ts';
import { example, shown } from '../bot/project-options.ts';
import { needing, type World } from '../world.ts';
import { awsOf } from './stores.ts';

interface DoctorFlags {
  readonly name: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** `hookline files doctor`: the check after a deployment; before one it reads the account's quota (contract files §8). */
export function addDoctor(files: Command, world: World): void {
  files
    .command('doctor')
    .description('check a deployment point by point, and say what to do; changes nothing')
    .option('--name <name>', 'what the names of the deployment begin with', 'sage')
    .option('--region <region>', "AWS region (default: the environment's)")
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', example('hookline files doctor --name sage'))
    .action(async (flags: DoctorFlags) => {
      const { filesFindings } = await needing(DOCTOR_PACKAGES, () => import('./findings.ts'));
      const findings = await filesFindings(flags.name, awsOf(flags, world));
      const text = () => findings.map((finding) => findingLine(finding, world.terminal)).join('');
      world.terminal.out(shown(flags.json, findings, text));
      const count = findings.filter(({ state }) => state === 'bad').length;
      if (count > 0) throw new Error(`${count} of ${findings.length} checks are bad.`);
    });
}

const DOCTOR_PACKAGES = ['cloudwatch', 'cloudwatch-logs', 'dynamodb', 'lambda', 's3', 'sqs'].map(
  (service) => `@aws-sdk/client-${service}`,
);
