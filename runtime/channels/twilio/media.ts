import { get, notGiven, readBytes } from '../download.ts';
import type { ChannelNet } from '../http.ts';
import { MediaError } from '../media-error.ts';
import { basicAuth, type TwilioAccount } from './account.ts';

export interface MediaLimits {
  /** Nothing is waited for beyond this, milliseconds since 1970. */
  readonly deadlineMillis: number;
  /** More is refused, before the rest is read. Default and most: WhatsApp's 16 MB. */
  readonly maxBytes?: number;
}

/** WhatsApp's limit for what users send (contract replies §12.2). */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 5;

/**
 * Fetches a medium by the address that its message gave. Twilio's API answers with a redirect to its storage; every
 * address on the way must be Twilio's own, and the credentials go with the first request alone. Throws a `MediaError`:
 * permanent for foreign addresses, what is too large and what is gone, hold for credentials, else transient.
 */
export async function fetchMedia(
  net: ChannelNet,
  account: TwilioAccount,
  mediaUrl: string,
  { deadlineMillis, maxBytes = MAX_BYTES }: MediaLimits,
): Promise<Uint8Array> {
  let url = checkedUrl(mediaUrl, account, API_HOSTS);
  let headers: Record<string, string> = { authorization: basicAuth(account) };
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await get(net, url.href, { headers, deadlineMillis });
    const location = response.headers.get('location');
    if (response.status === 200) return readBytes(response, Math.min(maxBytes, MAX_BYTES));
    if (response.status < 300 || response.status >= 400 || location === null) throw await notGiven(response);
    await response.body?.cancel();
    url = checkedUrl(location, account, STORAGE_HOSTS, url);
    headers = {};
  }
  throw new MediaError(`The medium was redirected more than ${MAX_REDIRECTS} times`, 'permanent');
}

const API_HOSTS = /(^|\.)twilio\.com$/;
const STORAGE_HOSTS = /(^|\.)(twilio|twiliocdn)\.com$/;

/** The account's own base address is Twilio's as well, wherever it is. */
function checkedUrl(text: string, { baseUrl }: TwilioAccount, hosts: RegExp, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  const isTwilio = url?.protocol === 'https:' && url.port === '' && hosts.test(url.hostname);
  if (url && (isTwilio || url.origin === new URL(baseUrl).origin)) return url;
  throw new MediaError(
    "The address of the medium is not one of Twilio's, and it was not fetched",
    'permanent',
  );
}
