import type { Command } from 'commander';
import { planText } from '../deploy/confirm-plan.ts';
import type { PackagedZip } from '../deploy/package.ts';
import type { UpdateFlags, UpdateResult } from '../deploy/update.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { DEPLOY_PACKAGES, example, shown, withChanges } from './project-options.ts';

/** `hookline bot update`: secrets, code and stack to AWS, and the webhook to Telegram. */
export function addUpdate(bot: Command, world: World): void {
  withChanges(bot.command('update').description('deploy the bot: secrets, code, stack and webhook'))
    .option('--plan', 'show what would change in AWS, and change nothing')
    .option('--dry-run', 'show the steps, the files in the zips and the stack, and touch no AWS')
    .option('-y, --yes', 'do not ask before resources are taken away or replaced')
    .option('--quiet', 'no word of progress')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot update --plan', 'hookline bot update'))
    .action(async (flags: UpdateFlags & { readonly json?: boolean }) => {
      const { update } = await needing(DEPLOY_PACKAGES, () => import('../deploy/update.ts'));
      const result = await update(flags, world);
      world.terminal.out(shown(flags.json, result, () => resultText(result, world.terminal)));
    });
}

function resultText(result: UpdateResult, terminal: Terminal): string {
  if (result.kind === 'plan') return planText(result.changes, terminal);
  if (result.kind === 'dry-run') return dryRunText(result);
  const { name, webhookUrl, apiUrl, webhook } = result;
  const lines = [
    `${paint(terminal, 'green', `The bot ${name} is deployed.`)}`,
    `API        ${apiUrl}`,
    `Webhook    ${webhookUrl}`,
    ...(webhook === 'by-hand' ? stepsByHand(result) : [`Telegram   ${webhook}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function dryRunText({ steps, zips, resources }: Extract<UpdateResult, { kind: 'dry-run' }>): string {
  const lines = [
    'It would:',
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
    ...zips.flatMap(zipLines),
    '',
    'The stack:',
    ...resources.map((address) => `  ${address}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Of a stock zip, and of the pieces that a build cuts, the number says enough; `--json` has them all. */
function zipLines({ name, files, isStock }: PackagedZip): readonly string[] {
  if (isStock) return [`${name}: ${files.length} files`];
  const own = files.filter((file) => !/-[A-Z0-9]{8}\.mjs$/.test(file));
  return [`${name}: ${files.length} files, of these yours:`, ...own.map((file) => `  ${file}`)];
}

function stepsByHand({
  botType,
  webhookUrl,
}: Extract<UpdateResult, { kind: 'deployed' }>): readonly string[] {
  if (botType === 'telegram') return ['Telegram   register it with: hookline bot webhook set'];
  return [
    '',
    'In your app on https://developers.facebook.com/apps, under WhatsApp, Configuration:',
    `  1. Callback URL: ${webhookUrl}`,
    '  2. Verify token: the WEBHOOK_VERIFY_TOKEN of .env.prod; then Verify and save.',
    '  3. Webhook fields: subscribe to messages.',
    'Then write to the number. hookline bot doctor says what is still missing.',
  ];
}
