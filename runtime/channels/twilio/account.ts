/** A Twilio account as its secret gives it (contract replies §6). */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** Used for the API instead of the token where given; signatures are always made with a token. */
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  /** Without a slash at the end; Twilio's own is `TWILIO_URL`. */
  readonly baseUrl: string;
}

export const TWILIO_URL = 'https://api.twilio.com';

/** The account's messages: created by POST, listed by GET. */
export const messagesUrl = ({ baseUrl, accountSid }: TwilioAccount): string =>
  `${baseUrl}/2010-04-01/Accounts/${accountSid}/Messages.json`;

/** The header that Twilio's API and its media ask for. */
export function basicAuth({ accountSid, authToken, apiKey }: TwilioAccount): string {
  const words = apiKey ? `${apiKey.sid}:${apiKey.secret}` : `${accountSid}:${authToken}`;
  return `Basic ${Buffer.from(words).toString('base64')}`;
}

/** A number or a business-scoped user id with exactly one `whatsapp:` before it, however many it came with. */
export const whatsappAddress = (address: string): string =>
  `whatsapp:${address.trim().replace(/^(whatsapp:)+/i, '')}`;
