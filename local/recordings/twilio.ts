import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Webhook } from './webhooks.ts';

/** A request as Twilio would make it. */
export interface TwilioWebhook extends Webhook {
  /** The address it is sent to and signed with, query included. */
  readonly url: string;
}

export const TWILIO_TEST = {
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: '0123456789abcdef0123456789abcdef',
  url: 'https://api.example.com/dev/whatsapp',
  companyNumber: '+15005550001',
  userNumber: '+15005550006',
} as const;

type Fields = readonly (readonly [name: string, value: string])[];

/** `X-Twilio-Signature`: the address and every field, names sorted, repeated names with their distinct values sorted. */
export function twilioSignature(authToken: string, url: string, fields: Fields): string {
  const pairs = [...new Set(fields.map(([name, value]) => JSON.stringify([name, value])))]
    .map((pair) => JSON.parse(pair) as [string, string])
    .sort(([name, value], [other, otherValue]) =>
      name === other ? compare(value, otherValue) : compare(name, other),
    );
  return createHmac('sha1', authToken)
    .update(url + pairs.flat().join(''))
    .digest('base64');
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export interface TwilioWebhookOptions {
  /** Default: the address of the test data. */
  readonly url?: string;
  readonly authToken?: string;
  readonly accountSid?: string;
  /** The user's address and the company's, with or without `whatsapp:`. */
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  /** Default: a fresh one. */
  readonly messageSid?: string;
  readonly media?: readonly { readonly url: string; readonly contentType: string }[];
  /** Fields to add or change; undefined takes one away. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
}

/** A user's message: the form of the test data with what is given put in, signed. */
export function twilioWebhook(options: TwilioWebhookOptions = {}): TwilioWebhook {
  const { url = TWILIO_TEST.url, authToken = TWILIO_TEST.authToken, text = 'Hi', media = [] } = options;
  const from = prefixed(options.from ?? TWILIO_TEST.userNumber);
  const kind = media.length > 0 ? 'MM' : 'SM';
  const sid = options.messageSid ?? kind + randomBytes(16).toString('hex');
  const digits = /^whatsapp:\+(\d+)$/.exec(from)?.[1];
  const form: Record<string, string | undefined> = {
    AccountSid: options.accountSid ?? TWILIO_TEST.accountSid,
    ApiVersion: '2010-04-01',
    Body: text,
    From: from,
    MessageSid: sid,
    SmsMessageSid: sid,
    SmsSid: sid,
    NumMedia: String(media.length),
    NumSegments: '1',
    ProfileName: 'Ana',
    SmsStatus: 'received',
    To: prefixed(options.to ?? TWILIO_TEST.companyNumber),
    WaId: digits,
    ...Object.fromEntries(
      media.flatMap((one, index) => [
        [`MediaUrl${index}`, one.url],
        [`MediaContentType${index}`, one.contentType],
      ]),
    ),
    ...options.fields,
  };
  const ids = { chatId: bare(form.From ?? ''), eventId: form.MessageSid ?? '', text: form.Body ?? '' };
  return signed(url, authToken, form, ids);
}

export interface TwilioStatusOptions {
  /** Where the callback goes, with the query that the sender gave. */
  readonly url: string;
  readonly authToken?: string;
  readonly accountSid?: string;
  readonly from?: string;
  readonly to?: string;
  readonly messageSid: string;
  readonly status: string;
  readonly errorCode?: number | undefined;
}

/** What Twilio reports of a message that was sent from `from` (the company) to `to` (the user). */
export function twilioStatusWebhook(options: TwilioStatusOptions): TwilioWebhook {
  const { url, authToken = TWILIO_TEST.authToken, messageSid, status, errorCode } = options;
  const to = prefixed(options.to ?? TWILIO_TEST.userNumber);
  const event = EVENTS[status];
  const form = {
    AccountSid: options.accountSid ?? TWILIO_TEST.accountSid,
    ApiVersion: '2010-04-01',
    ChannelInstallSid: `XE${'0'.repeat(32)}`,
    ChannelPrefix: 'whatsapp',
    ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
    ...(event && { EventType: event }),
    From: prefixed(options.from ?? TWILIO_TEST.companyNumber),
    MessageSid: messageSid,
    MessageStatus: status,
    SmsSid: messageSid,
    SmsStatus: status,
    To: to,
  };
  return signed(url, authToken, form, { chatId: bare(to), eventId: messageSid, text: '' });
}

const EVENTS: Readonly<Record<string, string>> = {
  delivered: 'DELIVERED',
  read: 'READ',
  undelivered: 'UNDELIVERED',
};

const bare = (address: string): string => address.replace(/^whatsapp:/, '');
const prefixed = (address: string): string => `whatsapp:${bare(address)}`;

function signed(
  url: string,
  authToken: string,
  form: Readonly<Record<string, string | undefined>>,
  ids: Pick<Webhook, 'chatId' | 'eventId' | 'text'>,
): TwilioWebhook {
  const fields = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // What follows `#` sets how Twilio connects; it is neither sent nor signed.
  const address = url.replace(/#.*$/s, '');
  return {
    ...ids,
    url: address,
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': randomUUID(),
      'x-twilio-signature': twilioSignature(authToken, address, fields),
    },
  };
}
