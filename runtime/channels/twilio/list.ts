import { SendError } from '../../core/errors.ts';
import { asList, asNumber, asRecord, asText } from '../../core/json.ts';
import { type CallOptions, type ChannelNet, getAnswer, type ProviderAnswer } from '../http.ts';
import { basicAuth, messagesUrl, type TwilioAccount, whatsappAddress } from './account.ts';

/** A message as Twilio's list names it. */
export interface ListedMessage {
  readonly sid: string;
  readonly body: string;
  readonly status: string;
  /** Milliseconds since 1970; Twilio says it to the second. */
  readonly createdMillis: number;
  readonly errorCode?: number;
}

export interface ListQuery {
  readonly from: string;
  readonly to: string;
  /** Older messages are left out, and not asked for. */
  readonly createdSinceMillis: number;
}

const PAGE_SIZE = 50;
/** Of one conversation since its last send: more than this many are not ours to search. */
const MAX_PAGES = 10;
/** A list of so many may not be whole. */
export const MAX_LISTED = PAGE_SIZE * MAX_PAGES;

/**
 * What was sent from one address to another, newest first, as Twilio holds it. Twilio's own date filters act on the
 * day of sending, which a queued message does not have yet, so they are not used (contract replies §12.5). Throws a
 * `SendError`, never unclear: hold for credentials, transient for anything a later call may get.
 */
export async function listMessages(
  net: ChannelNet,
  account: TwilioAccount,
  { from, to, createdSinceMillis }: ListQuery,
  options: Pick<CallOptions, 'deadlineMillis' | 'signal'>,
): Promise<readonly ListedMessage[]> {
  const query = new URLSearchParams({
    From: whatsappAddress(from),
    To: whatsappAddress(to),
    PageSize: String(PAGE_SIZE),
  });
  const headers = { authorization: basicAuth(account) };
  const found: ListedMessage[] = [];
  let url: string | undefined = `${messagesUrl(account)}?${query}`;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
    const answer: ProviderAnswer = await getAnswer(net, url, { ...options, headers });
    if (answer.status !== 200 || !answer.body) throw unlisted(answer);
    const messages = asList(answer.body.messages).flatMap(readMessage);
    const recent = messages.filter(({ createdMillis }) => createdMillis >= createdSinceMillis);
    found.push(...recent);
    const next = asText(answer.body.next_page_uri);
    // Newest first: a page with an older one is the last that matters.
    url = next !== undefined && recent.length === messages.length ? account.baseUrl + next : undefined;
  }
  return found;
}

function readMessage(value: unknown): ListedMessage[] {
  const { sid, body, status, date_created: created, error_code: code } = asRecord(value);
  const createdMillis = Date.parse(asText(created) ?? '');
  if (typeof sid !== 'string' || Number.isNaN(createdMillis)) return [];
  const errorCode = asNumber(code);
  return [
    {
      sid,
      body: asText(body) ?? '',
      status: asText(status) ?? '',
      createdMillis,
      ...(errorCode !== undefined && { errorCode }),
    },
  ];
}

function unlisted({ status, body, retryAfterSeconds }: ProviderAnswer): SendError {
  const code = asNumber(body?.code) ?? status;
  const errorClass = status === 401 || code === 20003 ? 'hold' : 'transient';
  const details = { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return new SendError(`Twilio did not list its messages: ${status}, code ${code}`, errorClass, details);
}
