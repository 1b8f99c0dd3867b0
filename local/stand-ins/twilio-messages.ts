import { createHash } from 'node:crypto';

/** A message as the stand-in keeps it. */
export interface TwilioMessage {
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly statusCallback: string | undefined;
  readonly createdMillis: number;
  readonly status: string;
  /** When it left Twilio's queue; a queued one has none, and the filters by date do not find it. */
  readonly sentMillis: number | undefined;
  readonly errorCode: number | undefined;
}

/** A sid that Twilio would give: two letters and 32 hex digits, the same for the same seed. */
export const twilioSid = (prefix: string, seed: string): string =>
  prefix + createHash('sha256').update(seed).digest('hex').slice(0, 32);

/** RFC 2822 in GMT, to the second. */
const rfc2822 = (millis: number): string => new Date(millis).toUTCString().replace('GMT', '+0000');

/** The Message resource, in the order in which Twilio writes it. */
export function messageResource(message: TwilioMessage, accountSid: string) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdMillis),
    date_sent: message.sentMillis === undefined ? null : rfc2822(message.sentMillis),
    date_updated: rfc2822(message.sentMillis ?? message.createdMillis),
    direction: 'outbound-api',
    error_code: message.errorCode ?? null,
    error_message: null,
    from: message.from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: null,
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1000;

/** A page of the list, newest first: filters by address and by the day of sending, pages by number and token. */
export function listPage(url: URL, messages: readonly TwilioMessage[], accountSid: string) {
  const query = url.searchParams;
  const size = Math.min(MAX_PAGE, Math.max(1, Number(query.get('PageSize')) || DEFAULT_PAGE));
  const page = Math.max(0, Number(query.get('Page')) || 0);
  const found = messages
    .filter((message) => isFound(message, query))
    .toReversed()
    .sort((one, other) => other.createdMillis - one.createdMillis);
  // The token names the last message of the page before, so that newer ones do not shift the pages.
  const last = query.get('PageToken')?.replace(/^PA/, '');
  const start = last ? found.findIndex(({ sid }) => sid === last) + 1 : page * size;
  const shown = found.slice(start, start + size);
  const end = shown.at(-1);
  const isMore = end !== undefined && start + size < found.length;
  return {
    end: Math.max(0, start + shown.length - 1),
    first_page_uri: pageUri(url, { Page: '0', PageSize: String(size) }),
    messages: shown.map((message) => messageResource(message, accountSid)),
    next_page_uri: isMore
      ? pageUri(url, { Page: String(page + 1), PageSize: String(size), PageToken: `PA${end.sid}` })
      : null,
    page,
    page_size: size,
    previous_page_uri: page > 0 ? pageUri(url, { Page: String(page - 1), PageSize: String(size) }) : null,
    start,
    uri: url.pathname + url.search,
  };
}

function pageUri(url: URL, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('PageToken');
  for (const [name, value] of Object.entries(values)) query.set(name, value);
  return `${url.pathname}?${query}`;
}

function isFound(message: TwilioMessage, query: URLSearchParams): boolean {
  const isOf = (name: string, value: string) => (query.get(name) ?? value) === value;
  if (!isOf('To', message.to) || !isOf('From', message.from)) return false;
  const [on, before, after] = ['DateSent', 'DateSent<', 'DateSent>'].map((name) =>
    query.get(name)?.slice(0, 10),
  );
  if (on === undefined && before === undefined && after === undefined) return true;
  if (message.sentMillis === undefined) return false;
  const day = new Date(message.sentMillis).toISOString().slice(0, 10);
  return (
    (on === undefined || day === on) &&
    (before === undefined || day <= before) &&
    (after === undefined || day >= after)
  );
}
