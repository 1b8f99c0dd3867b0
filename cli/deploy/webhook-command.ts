import { progressOn } from '../progress.ts';
import { openProject, type Project, type ProjectFlags } from '../project/project.ts';
import { readSecretsFile } from '../project/secrets.ts';
import type { World } from '../world.ts';
import { openState } from './open-stack.ts';
import { readStoredSecrets } from './stored-secrets.ts';
import { telegramApi } from './telegram.ts';
import { deleteWebhook, differences, registerWebhook } from './webhook.ts';

export interface WebhookFlags extends ProjectFlags {
  readonly url?: string;
}

/** Shows, registers or deletes the webhook at Telegram. Throws with Telegram's description. */
export async function webhookCommand(
  what: 'info' | 'set' | 'delete',
  flags: WebhookFlags,
  world: World,
): Promise<object> {
  const project = openProject(flags, world.environment);
  if (project.botType !== 'telegram')
    throw new Error(
      "A WhatsApp webhook is set in Meta's dashboard (WhatsApp, Configuration), not by this command.",
    );
  const account = await telegramAccount(project, world);
  const { folder } = project;
  if (what === 'delete') {
    await deleteWebhook({ account, folder, fetch: world.fetch });
    return { webhook: 'deleted' };
  }
  const url = flags.url ?? (await deployedUrl(project, world));
  if (what === 'set')
    return { webhook: await registerWebhook({ url, account, folder, fetch: world.fetch }), url };
  const info = await telegramApi(world.fetch, account).webhookInfo();
  const { last_error_date: failedAt, ...rest } = info;
  const failed = failedAt === undefined ? {} : { last_error_at: new Date(failedAt * 1000).toISOString() };
  return { ...rest, ...failed, differences: differences(info, url) };
}

async function telegramAccount(project: Project, world: World) {
  const secrets = (await readSecretsFile(project)) ?? (await readStoredSecrets(project, world));
  if (secrets.config) return secrets.config.telegram;
  throw new Error(`The secrets are not complete: ${secrets.faults.join('; ')}. See .env.prod.`);
}

/** The address in the stack's state. Throws before the first deployment. */
async function deployedUrl(project: Project, world: World): Promise<string> {
  const progress = progressOn(world.terminal, world.clock);
  const { webhook_url: url } = await (await openState(project, world, progress)).outputs();
  if (typeof url === 'string') return url;
  throw new Error('The bot is not deployed from here: run hookline bot update, or give --url <address>.');
}
