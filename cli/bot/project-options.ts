import { type Command, InvalidArgumentError } from 'commander';
import { type Assignment, parseAssignment } from '../project/assignments.ts';

/** Options of every command that works on a project's folder. */
export const withProject = (command: Command): Command =>
  command
    .option('-d, --dir <folder>', "the project's folder", '.')
    .option('-c, --config <file>', 'the settings file, seen from the folder (default: hookline.json)')
    .option('--project <name>', "the bot's name (default: the settings')")
    .option('--region <region>', "AWS region (default: the settings', else the environment's)");

/** Options of those that may change settings for one run. */
export const withChanges = (command: Command): Command =>
  withProject(command)
    .option('--bot <type>', "whatsapp or telegram (default: the settings')")
    .option(
      '--set <key=value>',
      'a setting for this run alone: busy_policy=fifo, vpc.subnet_ids=["a"]; repeatable (default: none)',
      collectAssignment,
    );

function collectAssignment(text: string, before: readonly Assignment[] = []): readonly Assignment[] {
  const assignment = parseAssignment(text);
  if (!assignment) throw new InvalidArgumentError('Write it as key=value, for example busy_policy=fifo.');
  return [...before, assignment];
}

/** What a command prints: JSON when asked for, else a text. */
export const shown = (json: boolean | undefined, value: unknown, text: () => string): string =>
  json ? `${JSON.stringify(value)}\n` : text();

/** Packages of the user's project that deploying and everything around it needs. */
export const DEPLOY_PACKAGES = [
  'cdktf',
  'constructs',
  '@cdktf/provider-aws',
  'esbuild',
  ...['cloudwatch-logs', 'dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(
    (service) => `@aws-sdk/client-${service}`,
  ),
];

/** A command's last lines of help. */
export const example = (...lines: readonly string[]): string =>
  `\nExample:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
