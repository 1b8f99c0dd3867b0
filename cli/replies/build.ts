import type { Command } from 'commander';
import { example } from '../bot/project-options.ts';
import { clientPackage, sayBuilt } from '../built.ts';
import { needing, type World } from '../world.ts';
import { withPrompts } from './users-file.ts';

interface BuildFlags {
  readonly prompts: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `hookline replies build`: the worker's zip with your prompts, which the Terraform module deploys as `package`. */
export function addBuild(replies: Command, { terminal }: World): void {
  replies
    .command('build')
    .description('build the zip of the worker with your prompts, ready for the Terraform module')
    .requiredOption('--prompts <file>', 'the prompts, as prompts.schema.json describes them')
    .option('--out <folder>', 'where the zip goes', 'dist/bundles')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies build --prompts prompts.json'))
    .action(async ({ prompts, out, json = false }: BuildFlags) => {
      const { buildRepliesWorker } = await needing(BUILD_PACKAGES, () => import('../../runtime/build.ts'));
      await sayBuilt(await withPrompts(prompts, () => buildRepliesWorker(prompts, out)), json, terminal);
    });
}

/** Needed only by those who build: esbuild and the AWS clients that go into the zip. */
const BUILD_PACKAGES = [
  'esbuild',
  ...['bedrock-runtime', 'dynamodb', 'secrets-manager', 'sqs'].map(clientPackage),
];
