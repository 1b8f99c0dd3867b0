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

/** The answer with the headers that every answer of a page has: no foreign script, style, frame or reader. */
export function secured(response: Response): Response {
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  return response;
}

/** A file that the browser saves and never shows. */
export const download = (name: string, type: string, body: string): Response =>
  new Response(body, {
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
    },
  });

/** A change must be JSON, which no form can post, and come from the page itself. */
export function refusedChange(request: Request): Response | undefined {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return problem(415, 'Send application/json.');
  const origin = request.headers.get('origin');
  if (origin !== `http://${request.headers.get('host')}`) return problem(403, 'Not from another site.');
  return undefined;
}

/** Longest body of a change. */
const MAX_BODY_BYTES = 64 * 1024;

/** The body of a change, or what is wrong with it. */
export async function jsonBody(request: Request): Promise<Readonly<Record<string, unknown>> | Response> {
  const text = await request.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) return problem(413, 'The body is too large.');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Answered below.
  }
  return problem(400, 'The body is not a JSON object.');
}
