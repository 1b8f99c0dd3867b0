import { createHmac, randomUUID } from 'node:crypto';
import type { BotConfig } from '../../../runtime/bot/config.ts';
import type { World } from '../../world.ts';
import { telegramApi } from '../telegram.ts';
import { differences, remembersSecret } from '../webhook.ts';
import { bad, type Finding, ok, warning } from './finding.ts';

export interface WebhookCheck {
  readonly url: string;
  readonly config: BotConfig;
  readonly folder: string;
  readonly world: World;
}

/** Whether the deployed bot answers, and takes the secrets that are here; and what the platform has registered. */
export async function webhookFindings(check: WebhookCheck): Promise<readonly Finding[]> {
  const { answer, clock } = await probe(check);
  const registered = check.config.botType === 'telegram' ? await telegramFindings(check) : [];
  return [...answer, ...(clock ? [clock] : []), ...registered];
}

const TIMEOUT_MILLIS = 15_000;
const SECRETS_DIFFER =
  'Run hookline bot update. A running function takes new secrets within ENV_REFRESH_SECONDS (300).';

/** An event without a message: the bot checks who sent it, and does nothing. */
async function probe(check: WebhookCheck) {
  const request = check.config.botType === 'telegram' ? telegramProbe(check) : whatsappProbe(check);
  let response: Response;
  try {
    response = await check.world.fetch(request.url, {
      ...request.init,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
  } catch {
    const fix = 'Is the stack deployed, and does this machine reach it?';
    return { answer: [bad('webhook', `no answer from ${check.url}`, fix)], clock: undefined };
  }
  const body = await response.text();
  const answer = [answerFinding(response.status, request.expects, body, check.url)];
  return { answer, clock: clockFinding(response.headers.get('date'), check.world.clock.nowMillis()) };
}

function answerFinding(status: number, expects: string | undefined, body: string, url: string): Finding {
  if (status === 200 && (expects === undefined || body === expects)) return ok('webhook', `${url} answers`);
  if (status === 403)
    return bad('webhook', 'the deployed bot refuses the secrets of .env.prod', SECRETS_DIFFER);
  return bad('webhook', `${url} answers ${status}`, 'Section 11 of docs/bot.md lists what it answers.');
}

interface Probe {
  readonly url: string;
  readonly init: RequestInit;
  /** The body that must come back. */
  readonly expects?: string;
}

const telegramProbe = ({ url, config }: WebhookCheck): Probe => ({
  url,
  init: {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(config.telegram.secretToken && { 'x-telegram-bot-api-secret-token': config.telegram.secretToken }),
    },
    body: '{"update_id":0}',
  },
});

/** With an app secret a signed POST shows both; the handshake shows the verify token alone. */
function whatsappProbe({ url, config: { whatsapp } }: WebhookCheck): Probe {
  const { appSecret, verifyToken } = whatsapp;
  if (!appSecret) {
    const challenge = randomUUID();
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': challenge };
    return { url: `${url}?${new URLSearchParams(query)}`, init: {}, expects: challenge };
  }
  const body = '{"object":"whatsapp_business_account","entry":[]}';
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
  return { url, init: { method: 'POST', headers, body } };
}

const SKEW_WARNING_SECONDS = 30;
/** AWS refuses calls that are signed further off. */
const SKEW_BAD_SECONDS = 300;

function clockFinding(date: string | null, nowMillis: number): Finding | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  const seconds = Math.round(Math.abs(nowMillis - theirs) / 1000);
  const text = `this machine is ${seconds} s off`;
  const fix = 'Set the clock, best by NTP: AWS refuses calls from 300 s.';
  if (seconds >= SKEW_BAD_SECONDS) return bad('clock', text, fix);
  return seconds > SKEW_WARNING_SECONDS ? warning('clock', text, fix) : ok('clock', text);
}

const RECENT_SECONDS = 3600;

async function telegramFindings({ url, config, folder, world }: WebhookCheck): Promise<readonly Finding[]> {
  const account = config.telegram;
  const info = await telegramApi(world.fetch, account).webhookInfo();
  const wrong = differences(info, url);
  const fix = 'Run hookline bot webhook set.';
  const waiting = `${info.pending_update_count} updates wait`;
  if (wrong.length > 0) return [bad('telegram', wrong.join('; '), fix)];
  const since = world.clock.nowMillis() / 1000 - (info.last_error_date ?? 0);
  return [
    (await remembersSecret({ url, account, folder }))
      ? ok('telegram', `registered, ${waiting}`)
      : warning('telegram', 'registered from elsewhere, or with an older secret', fix),
    ...(info.last_error_message && since < RECENT_SECONDS
      ? [
          warning(
            'telegram',
            `a delivery failed: ${info.last_error_message}; ${waiting}`,
            'See the errors below.',
          ),
        ]
      : []),
  ];
}
