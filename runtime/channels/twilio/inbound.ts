import { type FormFields, fieldOf } from './form.ts';

/** A message of a user as Twilio reports it (contract replies §12.2). Addresses are as sent, prefix included. */
export interface TwilioInbound {
  readonly messageSid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** Blank when the message is only a medium or a place. */
  readonly body: string;
  readonly media: readonly TwilioMedia[];
  readonly location?: TwilioLocation;
  readonly button?: { readonly text: string; readonly payload?: string };
  readonly profileName?: string;
  readonly waId?: string;
  /** WhatsApp's business-scoped id of the user, also where `from` is a number. */
  readonly externalUserId?: string;
  /** The message that this one answers. */
  readonly repliedToSid?: string;
  /** `STOP`, `START` or `HELP` when Twilio itself has already answered. */
  readonly optOutType?: string;
}

export interface TwilioMedia {
  readonly contentType: string;
  /** Needs the account's credentials. */
  readonly url: string;
}

export interface TwilioLocation {
  readonly latitude: string;
  readonly longitude: string;
  readonly label?: string;
  readonly address?: string;
}

/** `missing` names the fields without which the form is no message: nothing was said when it is `Body`. */
export type InboundResult = { readonly inbound: TwilioInbound } | { readonly missing: readonly string[] };

const REQUIRED = ['MessageSid', 'AccountSid', 'From', 'To'];

/** Reads an inbound message; unknown fields are ignored. */
export function readInbound(fields: FormFields): InboundResult {
  const text = (name: string) => fieldOf(fields, name) ?? '';
  const missing = REQUIRED.filter((name) => text(name).trim() === '');
  const inbound = {
    messageSid: text('MessageSid'),
    accountSid: text('AccountSid'),
    from: text('From'),
    to: text('To'),
    body: text('Body'),
    media: readMedia(fields),
    ...optional('location', readLocation(fields)),
    ...optional('button', readButton(fields)),
    ...optional('profileName', text('ProfileName')),
    ...optional('waId', text('WaId')),
    ...optional('externalUserId', text('ExternalUserId')),
    ...optional('repliedToSid', text('OriginalRepliedMessageSid')),
    ...optional('optOutType', text('OptOutType')),
  };
  const saysNothing = inbound.body === '' && inbound.media.length === 0;
  if (saysNothing && !inbound.location && !inbound.button) missing.push('Body');
  return missing.length > 0 ? { missing } : { inbound };
}

/** Without a URL a medium still is one: the form says how many there are. */
function readMedia(fields: FormFields): TwilioMedia[] {
  const count = Number(fieldOf(fields, 'NumMedia') ?? 0);
  const known = Number.isInteger(count) ? Math.min(count, MAX_MEDIA) : 0;
  return Array.from({ length: Math.max(0, known) }, (_, index) => ({
    contentType: fieldOf(fields, `MediaContentType${index}`) ?? 'application/octet-stream',
    url: fieldOf(fields, `MediaUrl${index}`) ?? '',
  }));
}

/** More than any channel puts into one message. */
const MAX_MEDIA = 10;

function readLocation(fields: FormFields): TwilioLocation | undefined {
  const latitude = fieldOf(fields, 'Latitude');
  const longitude = fieldOf(fields, 'Longitude');
  if (!latitude || !longitude) return undefined;
  const named = {
    ...optional('label', fieldOf(fields, 'Label')),
    ...optional('address', fieldOf(fields, 'Address')),
  };
  return { latitude, longitude, ...named };
}

function readButton(fields: FormFields): TwilioInbound['button'] {
  const payload = fieldOf(fields, 'ButtonPayload');
  const text = fieldOf(fields, 'ButtonText') || payload;
  return text ? { text, ...optional('payload', payload) } : undefined;
}

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [name in K]?: V } =>
  value === undefined || value === '' ? {} : ({ [name]: value } as { [name in K]: V });
