import type { IncomingHttpHeaders } from 'node:http';
import { secretsEqual } from '../../runtime/core/constant-time.ts';

/**
 * The dashboard shows what people wrote, and a hostile page in the same browser can reach this machine too. So: a
 * Host that was bound and no other (a rebound name), nothing that a page of another site asks for, and beyond
 * this machine only with a token.
 */

export interface GuardOptions {
  /** The host that is listened on. */
  readonly host: string;
  /** Undefined: no token is asked for, which only this machine may do. */
  readonly token: string | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly error: string;
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/i;

/** Whether an address is of this machine alone. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host) || host === '::1';

/** The name of the cookie that carries the token: browsers keep one jar for all ports of a host. */
export const tokenCookie = (host: string | undefined): string =>
  `hookline_dashboard_${/:(\d{1,5})$/.exec(host ?? '')?.[1] ?? '80'}`;

/** Why a request is not answered; undefined lets it pass. Pages of other sites may link to the start and no more. */
export function refusal(
  request: { readonly method?: string | undefined; readonly url: URL; readonly headers: IncomingHttpHeaders },
  options: GuardOptions,
): Refusal | undefined {
  const { method, url, headers } = request;
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  if (!isOwnHost(host, options))
    return { status: 421, error: 'Ask for the address that the command printed.' };
  const isLink = method === 'GET' && url.pathname === '/' && headers['sec-fetch-mode'] === 'navigate';
  const isOwnSite = site === 'same-origin' || site === 'none';
  const isOwnOrigin = origin === undefined || origin === `http://${host}`;
  if (!isOwnOrigin || !(isOwnSite || isLink)) return { status: 403, error: 'Not from another site.' };
  if (options.token === undefined || secretsEqual(givenToken(url, headers), options.token)) return undefined;
  return { status: 401, error: 'Open the address with the token that the command printed.' };
}

function isOwnHost(header: string, { host, token }: GuardOptions): boolean {
  const name = header.replace(/:\d{1,5}$/, '');
  if (LOOPBACK.test(name)) return true;
  if (token === undefined) return false;
  // Listening everywhere, this machine has names that it does not know; the token tells friend from foe.
  return host === '0.0.0.0' || host === '::' || name.toLowerCase() === host.toLowerCase();
}

/** The address comes first: it is the one just printed, and the cookie may be of an earlier run. */
function givenToken(url: URL, { cookie = '', host }: IncomingHttpHeaders): string | undefined {
  const cookies = cookie.split(';').map((part) => part.trim().split('='));
  const name = tokenCookie(host);
  return url.searchParams.get('token') ?? cookies.find(([given]) => given === name)?.[1];
}
