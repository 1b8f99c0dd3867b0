import type { TwilioInbound } from '../channels/twilio/inbound.ts';
import { describeError } from '../core/errors.ts';
import { normaliseAddress } from './address.ts';
import type { TwilioCredentials } from './secrets.ts';
import type { WebhookPorts } from './webhook-ports.ts';

type NoticePorts = Pick<WebhookPorts, 'config' | 'locks' | 'log' | 'notices'>;
type Addresses = Pick<TwilioInbound, 'from' | 'to'>;

/** Several STOPs at once, or STOP and START in turn, are not confirmed one by one: each confirmation is billed. */
const CONFIRMED_SECONDS = 600;

/**
 * Tells a user that the wish is noted: one try, never repeated, at most once in ten minutes (contract replies §3.6).
 * Throws nothing.
 */
export async function confirmOptOut(
  inbound: Addresses,
  credentials: TwilioCredentials,
  ports: NoticePorts,
): Promise<void> {
  const [company, user] = pairOf(inbound);
  if (!(await isFirst('opt_out_confirmation', `opt_out#${company}#${user}`, CONFIRMED_SECONDS, ports)))
    return;
  await notify('opt_out_confirmation', ports.config.optOutMessage, inbound, credentials, ports);
}

const DAY_SECONDS = 86_400;

/** Tells somebody without a conversation that nobody reads this, at most once in 24 hours. Throws nothing. */
export async function answerUnknown(
  inbound: Addresses,
  credentials: TwilioCredentials,
  ports: NoticePorts,
): Promise<void> {
  const { config } = ports;
  if (config.unknownUserMessage === '') return;
  const [company, user] = pairOf(inbound);
  if (!(await isFirst('unknown_user', `unknown#${company}#${user}`, DAY_SECONDS, ports))) return;
  await notify('unknown_user', config.unknownUserMessage, inbound, credentials, ports);
}

const pairOf = ({ from, to }: Addresses) => [to, from].map((address) => normaliseAddress(address) ?? '');

/** No conversation's id looks like these keys. The lock stays if the send fails: rather silent than twice. */
async function isFirst(
  notice: string,
  key: string,
  seconds: number,
  { locks, log }: NoticePorts,
): Promise<boolean> {
  try {
    return (await locks.acquire(key, seconds)) !== undefined;
  } catch (error) {
    log.warn('notice_failed', { notice, error: describeError(error) });
    return false;
  }
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
