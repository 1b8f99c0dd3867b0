import type { IncomingMessage } from 'node:http';

/**
 * The servers of a stand are for this machine, but a hostile page in the same browser can reach that too. So: a
 * Host of this machine only (no rebound name), and nothing that a page of another site asks for.
 */

/** `host.docker.internal` is this machine for a function in a container. */
const HOST_OF_THIS_MACHINE = /^(127\.0\.0\.1|localhost|\[::1\]|host\.docker\.internal)(:\d{1,5})?$/i;

/** Why a request is not answered; undefined lets it pass. Pages of other sites may link to `/` and no more. */
export function refusal({
  method,
  url,
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Refusal | undefined {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  if (!HOST_OF_THIS_MACHINE.test(host)) return { status: 421, error: 'Ask for 127.0.0.1 or localhost.' };
  const isLink = method === 'GET' && url === '/' && headers['sec-fetch-mode'] === 'navigate';
  const isOwnSite = site === 'same-origin' || site === 'none';
  const isOwnOrigin = origin === undefined || origin === `http://${host}`;
  return isOwnOrigin && (isOwnSite || isLink) ? undefined : { status: 403, error: 'Not from another site.' };
}

export interface Refusal {
  readonly status: number;
  readonly error: string;
}
