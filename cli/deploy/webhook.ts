import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TelegramConfig } from '../../runtime/bot/config-platforms.ts';
import { HANDLED_UPDATES } from '../../runtime/channels/telegram/update.ts';
import { type TelegramApi, telegramApi, type WebhookInfo } from './telegram.ts';

export interface WebhookTarget {
  readonly url: string;
  readonly account: TelegramConfig;
  /** Holds the file that remembers what was registered. */
  readonly folder: string;
  readonly fetch: typeof fetch;
}

/** Remembers what was registered, as a hash that only the bot's token can make. */
export const STATE_FILE = '.bootstrap_state.json';

/**
 * Registers the webhook at Telegram unless the same address, secret and kinds are registered already
 * (contract bot §17.2). Throws with Telegram's description when it refuses.
 */
export async function registerWebhook(target: WebhookTarget): Promise<'registered' | 'unchanged'> {
  const { url, account, folder } = target;
  const api = telegramApi(target.fetch, account);
  if (await isRegistered(target, api)) return 'unchanged';
  await api.setWebhook({ url, secretToken: account.secretToken, kinds: HANDLED_UPDATES });
  await writeState(folder, { ...(await readState(folder)), telegram_webhook: fingerprint(target) });
  return 'registered';
}

/** Whether Telegram has the address, the secret and the kinds. The secret it does not tell: the file knows. */
async function isRegistered(target: WebhookTarget, api: TelegramApi): Promise<boolean> {
  if (!(await remembersSecret(target))) return false;
  return differences(await api.webhookInfo(), target.url).length === 0;
}

/** Whether what was registered from this folder has today's address, secret and kinds. */
export const remembersSecret = async (target: Pick<WebhookTarget, 'url' | 'account' | 'folder'>) =>
  (await readState(target.folder)).telegram_webhook === fingerprint(target);

/** What Telegram has otherwise than it should, as sentences. */
export function differences(info: WebhookInfo, url: string): readonly string[] {
  const registered = [...(info.allowed_updates ?? [])].sort().join(', ');
  const wanted = [...HANDLED_UPDATES].sort().join(', ');
  return [
    ...(info.url === url ? [] : [`the address is ${info.url || 'not set'}`]),
    ...(registered === wanted ? [] : [`the kinds are ${registered || 'not set'}, not ${wanted}`]),
  ];
}

/** Deletes the webhook at Telegram and forgets it. */
export async function deleteWebhook({
  account,
  folder,
  fetch: fetchPort,
}: Omit<WebhookTarget, 'url'>): Promise<void> {
  await telegramApi(fetchPort, account).deleteWebhook();
  const { telegram_webhook: _, ...rest } = await readState(folder);
  await writeState(folder, rest);
}

const fingerprint = ({ url, account }: Pick<WebhookTarget, 'url' | 'account'>): string =>
  createHmac('sha256', account.token)
    .update(JSON.stringify([url, account.secretToken ?? null, HANDLED_UPDATES]))
    .digest('hex');

type State = Readonly<Record<string, unknown>>;

async function readState(folder: string): Promise<State> {
  try {
    const state: unknown = JSON.parse(await readFile(path.join(folder, STATE_FILE), 'utf8'));
    return typeof state === 'object' && state !== null ? (state as State) : {};
  } catch {
    // Absent or broken: then the webhook is registered once more, which does no harm.
    return {};
  }
}

const writeState = (folder: string, state: State): Promise<void> =>
  writeFile(path.join(folder, STATE_FILE), `${JSON.stringify(state, null, 2)}\n`);
