import type { Command } from 'commander';
import { planText } from '../deploy/confirm-plan.ts';
import type { DescribeFlags, Description } from '../deploy/describe.ts';
import type { Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, shown, withProject } from './project-options.ts';

/** `hookline bot describe`: what is there, here and in AWS. */
export function addDescribe(bot: Command, world: World): void {
  withProject(
    bot.command('describe').description('what is there: files, settings, stack, bucket, webhook, drift'),
  )
    .option('--no-aws', 'only what lies on this machine')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot describe --no-aws'))
    .action(async (flags: DescribeFlags & { readonly json?: boolean }) => {
      const { describe } = await needing(DEPLOY_PACKAGES, () => import('../deploy/describe.ts'));
      const description = await describe(flags, world);
      world.terminal.out(shown(flags.json, description, () => text(description, world.terminal)));
    });
}

const row = (name: string, value: unknown): string => `${name.padEnd(11)} ${value}`;

function text(description: Description, terminal: Terminal): string {
  const { name, botType, busyPolicy, region, parameterName, files, secretsMissing, deployed } = description;
  const lines = [
    row('Bot', `${name} (${botType}, ${busyPolicy})`),
    row('Region', region ?? 'that of your AWS profile'),
    row('Parameter', parameterName),
    ...Object.entries(files).map(([file, there]) => row(there ? 'present' : 'absent', file)),
    ...(secretsMissing.length > 0 ? [row('Secrets', secretsMissing.join('; '))] : []),
    ...(deployed ? deployedLines(deployed, terminal) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function deployedLines(
  { outputs, bucketExists, drift, webhook }: NonNullable<Description['deployed']>,
  terminal: Terminal,
): readonly string[] {
  if (!outputs) return [row('Stack', 'could not be read')];
  if (outputs.webhook_url === undefined) return [row('Stack', 'not deployed')];
  return [
    row('API', outputs.api_url),
    row('Webhook', outputs.webhook_url),
    row('Bucket', `${outputs.bucket_name}${bucketExists ? '' : ' (it is not there)'}`),
    ...(webhook ? [row('Telegram', webhookText(webhook))] : []),
    row('Drift', drift ? (drift.length === 0 ? 'none' : '') : 'could not be read'),
    ...(drift && drift.length > 0 ? [planText(drift, terminal).trimEnd()] : []),
  ];
}

function webhookText({
  differences,
  pending_update_count: waiting,
  last_error_message: failure,
}: NonNullable<NonNullable<Description['deployed']>['webhook']>): string {
  const state = differences.length === 0 ? 'registered' : differences.join('; ');
  return `${state}, ${waiting} updates wait${failure ? `, last failure: ${failure}` : ''}`;
}
