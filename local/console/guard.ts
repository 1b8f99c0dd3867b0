/**
 * The console listens on the loopback interface, but a hostile page in the same browser can reach that too.
 * So: a Host of this machine only (no rebound name), nothing from another site, and changes only as JSON, which
 * such a page cannot post without being asked first.
 */

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** The refusal of a request that may not come from the console's own page; undefined lets it pass. */
export function refusal(request: Request): Response | undefined {
  const { headers } = request;
  const host = headers.get('host') ?? '';
  if (!LOOPBACK_HOST.test(host)) return problem(421, 'The console answers to 127.0.0.1 and localhost only.');
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site') ?? 'none';
  const isPage = request.method === 'GET' && headers.get('sec-fetch-mode') === 'navigate';
  if (!isPage && !['same-origin', 'none'].includes(site)) return problem(403, 'Not from another site.');
  if (origin !== null && origin !== `http://${host}`) return problem(403, 'Not from another site.');
  if (request.method !== 'POST') return undefined;
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? undefined : problem(415, 'Send application/json.');
}

/** An answer that says what is wrong. */
export const problem = (status: number, error: string): Response => Response.json({ error }, { status });

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The answer with the headers that every answer of the console has. */
export function secured(response: Response): Response {
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  return response;
}
