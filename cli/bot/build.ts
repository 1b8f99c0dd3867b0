import type { Command } from 'commander';
import { clientPackage, sayBuilt } from '../built.ts';
import type { Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { example } from './project-options.ts';

interface BuildFlags {
  readonly agent?: string;
  readonly config?: string;
  readonly functions?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `hookline bot build`: the zip of a user's own agent, which the Terraform module deploys as `package`. */
export function addBuild(bot: Command, { terminal }: World): void {
  bot
    .command('build')
    .description('build the zip of your own agent, ready for the Terraform module')
    .option('--agent <file>', 'module that exports the agent as "agent" or by default, or a "handler"')
    .option('--config <file>', 'configuration file of an agent, in place of --agent')
    .option('--functions <file>', 'module with the functions of its tools, if not the one that it names')
    .option('--out <folder>', 'where the zip goes', 'dist/bundles')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot build --agent agent.ts'))
    .action((flags: BuildFlags, command: Command) => build(flags, command, terminal));
}

async function build(flags: BuildFlags, command: Command, terminal: Terminal): Promise<void> {
  const { agent, config, functions, out, json } = flags;
  // Checked here and not by commander, which would name it before a mistyped option.
  if (!agent === !config) return command.error('error: give either --agent <file> or --config <file>');
  if (functions && !config) return command.error('error: --functions <file> needs --config <file>');
  const builder = await needing(BUILD_PACKAGES, () => import('../../runtime/build.ts'));
  const built = agent
    ? await builder.buildAgentBundle(agent, out)
    : await builder.buildConfiguredBundle(config ?? '', { functions, outdir: out });
  await sayBuilt(built, json ?? false, terminal);
}

/** Needed only by those who build: esbuild and the AWS clients that go into the zip. */
const BUILD_PACKAGES = ['esbuild', ...['dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(clientPackage)];
