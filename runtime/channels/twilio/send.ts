import { type CallOptions, type ChannelNet, postFields } from '../http.ts';
import { basicAuth, messagesUrl, type TwilioAccount, whatsappAddress } from './account.ts';
import { refused } from './errors.ts';

/** A WhatsApp text. Addresses may have the prefix or not; it is sent exactly once. */
export interface TwilioText {
  readonly from: string;
  readonly to: string;
  /** At most 1600 characters as Twilio counts them: see `splitReply`. */
  readonly body: string;
  /** Where Twilio reports the delivery: see `statusCallbackUrl`. */
  readonly statusCallback?: string;
}

/**
 * Creates a message, one try. Resolves to its sid. Throws a `TwilioError` when Twilio answered, else a `SendError`:
 * transient when the request never left, unclear when the answer was lost. No call names a message twice: after an
 * unclear outcome ask `listMessages` before another create (contract replies §12.5).
 */
export async function sendText(
  net: ChannelNet,
  account: TwilioAccount,
  { from, to, body, statusCallback }: TwilioText,
  options: Pick<CallOptions, 'deadlineMillis' | 'signal'>,
): Promise<string> {
  const fields = new URLSearchParams({ From: whatsappAddress(from), To: whatsappAddress(to), Body: body });
  if (statusCallback) fields.set('StatusCallback', statusCallback);
  const headers = { authorization: basicAuth(account) };
  const answer = await postFields(net, messagesUrl(account), fields, { ...options, headers });
  const sid = answer.body?.sid;
  if (answer.status < 300 && typeof sid === 'string') return sid;
  throw refused(answer);
}
