import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../listen.ts';
import { problem, secured } from './answers.ts';
import type { Dashboard } from './api.ts';
import { type GuardOptions, refusal, tokenCookie } from './guard.ts';

export interface ServerOptions extends GuardOptions {
  readonly port: number;
  /** Take the next free port when this one is in use. */
  readonly autoPort: boolean;
}

export interface DashboardServer {
  /** With the token, when one is asked for. */
  readonly url: string;
  close(): Promise<void>;
}

/** Larger requests are cut off. */
const MAX_BODY_BYTES = 128 * 1024;

/** Serves the dashboard. Throws when the port is in use. */
export async function startServer(dashboard: Dashboard, options: ServerOptions): Promise<DashboardServer> {
  const server = createServer((incoming, outgoing) => {
    respond(dashboard, options, incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const { host, token } = options;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${port}/${token === undefined ? '' : `?token=${token}`}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function respond(
  dashboard: Dashboard,
  options: ServerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const answer = await answerOf(dashboard, options, incoming);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}

async function answerOf(
  dashboard: Dashboard,
  options: ServerOptions,
  incoming: IncomingMessage,
): Promise<Response> {
  const { method = 'GET', headers } = incoming;
  const target = incoming.url ?? '/';
  const url = URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : undefined;
  if (!url) return secured(problem(400, 'The address cannot be read.'));
  const refused = refusal({ method, url, headers }, options);
  if (refused) return secured(problem(refused.status, refused.error));
  if (options.token !== undefined && url.searchParams.has('token'))
    return secured(withCookie(tokenCookie(headers.host), options.token));
  const body = await bodyOf(incoming);
  if (!body) return secured(problem(413, 'The body is too large.'));
  const isBare = method === 'GET' || method === 'HEAD';
  const request = new Request(url, { method, headers: headersOf(incoming), body: isBare ? null : body });
  return dashboard(request, url.pathname, url.searchParams);
}

/** The token leaves the address at once: it stays in no history and goes into no bookmark. */
function withCookie(name: string, token: string): Response {
  const cookie = `${name}=${token}; Path=/; HttpOnly; SameSite=Strict`;
  return new Response(null, { status: 303, headers: { location: '/', 'set-cookie': cookie } });
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `Request` does not take all that a browser sends. */
const headersOf = ({ headers }: IncomingMessage): [string, string][] =>
  ['host', 'origin', 'content-type', 'sec-fetch-site'].flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
