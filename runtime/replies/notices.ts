import type { TwilioInbound } from '../channels/twilio/inbound.ts';
import { describeError } from '../core/errors.ts';
import { normaliseAddress } from './address.ts';
import type { TwilioCredentials } from './secrets.ts';
import type { WebhookPorts } from './webhook-ports.ts';

type NoticePorts = Pick<WebhookPorts, 'config' | 'locks' | 'log' | 'notices'>;
type Addresses = Pick<TwilioInbound, 'from' | 'to'>;

/** Tells a user that the wish is noted: one try, never repeated (contract replies §3.6). Throws nothing. */
export const confirmOptOut = (
  inbound: Addresses,
  credentials: TwilioCredentials,
  ports: NoticePorts,
): Promise<void> => notify('opt_out_confirmation', ports.config.optOutMessage, inbound, credentials, ports);

const DAY_SECONDS = 86_400;

/** Tells somebody without a conversation that nobody reads this, at most once in 24 hours. Throws nothing. */
export async function answerUnknown(
  inbound: Addresses,
  credentials: TwilioCredentials,
  ports: NoticePorts,
): Promise<void> {
  const { config, locks, log } = ports;
  if (config.unknownUserMessage === '') return;
  const [company, user] = [inbound.to, inbound.from].map((address) => normaliseAddress(address) ?? '');
  try {
    // No conversation's id looks like this. It stays if the send fails: rather silent than twice.
    if (!(await locks.acquire(`unknown#${company}#${user}`, DAY_SECONDS))) return;
  } catch (error) {
    log.warn('notice_failed', { notice: 'unknown_user', error: describeError(error) });
    return;
  }
  await notify('unknown_user', config.unknownUserMessage, inbound, credentials, ports);
}

async function notify(
  notice: string,
  body: string,
  inbound: Addresses,
  credentials: TwilioCredentials,
  { log, notices }: NoticePorts,
): Promise<void> {
  if (body === '') return;
  try {
    await notices.send({ credentials, from: inbound.to, to: inbound.from, body });
    log.info('notice_sent', { notice });
  } catch (error) {
    log.warn('notice_failed', { notice, error: describeError(error) });
  }
}
