import type { TwilioStandInOptions } from './twilio-account.ts';

/** The account with its token, or any API key with its secret. */
export function isAuthorized(
  request: Request,
  options: TwilioStandInOptions,
  accountSid: string | undefined,
): boolean {
  const encoded = request.headers.get('authorization')?.match(/^Basic (\S+)$/)?.[1] ?? '';
  const [, user, secret] =
    Buffer.from(encoded, 'base64')
      .toString()
      .match(/^(AC\w+|SK\w+):(.+)$/) ?? [];
  if (!user || !secret) return false;
  if (options.accountSid && accountSid && accountSid !== options.accountSid) return false;
  if (user.startsWith('SK')) return true;
  return (
    (accountSid === undefined || user === accountSid) && (!options.authToken || secret === options.authToken)
  );
}

const WHATSAPP_TO = /^whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]+)$/;
const WHATSAPP_FROM = /^whatsapp:\+[1-9]\d{6,14}$/;
const MAX_BODY_UNITS = 1600;

/** Why Twilio would refuse a create, by its code; undefined when it would take it. */
export function codeOfFault(
  { From: from, To: to, Body: body, StatusCallback: callback }: Readonly<Record<string, string>>,
  { senders }: TwilioStandInOptions,
): number | undefined {
  if (!to) return 21604;
  if (!from) return 21603;
  if (to.startsWith('whatsapp:') !== from.startsWith('whatsapp:')) return 21910;
  if (!to.startsWith('whatsapp:')) return 21606;
  if (!WHATSAPP_TO.test(to)) return 21211;
  const isKnown = senders === undefined || senders.some((sender) => from === `whatsapp:${sender}`);
  if (!WHATSAPP_FROM.test(from) || !isKnown) return 63007;
  if (!body?.trim()) return 21602;
  if (body.length > MAX_BODY_UNITS) return 21617;
  return callback === undefined || /^https?:\/\/[^\s_]+$/.test(callback) ? undefined : 21609;
}
