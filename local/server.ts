import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { refusal } from './guard.ts';
import { Problem } from './problem.ts';

/** Answers a request, or leaves it to the next by returning undefined. */
export type Route = (request: Request, url: URL) => Promise<Response | undefined>;

/** A server of this machine: the stand-ins, their control, and whatever pages are added to it. */
export interface LocalServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Larger requests are cut off; the largest upload that a platform takes is smaller. */
const MAX_BODY_BYTES = 110 * 1024 * 1024;

/** Serves the routes to this machine's own programs and pages, first come first served. Port 0 takes a free one; a port in use is a `Problem`. */
export async function startServer(
  routes: readonly Route[],
  port: number,
  host: string,
): Promise<LocalServer> {
  const server = createServer((incoming, outgoing) => {
    answer(routes, incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Problem(
      `Port ${port} is in use. Stop what listens there, or choose another with --port <number>.`,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A route that throws breaks the connection: that is how a stand-in loses its answer. */
async function answer(
  routes: readonly Route[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const refused = refusal(incoming);
  if (refused) {
    outgoing.writeHead(refused.status, { 'content-type': 'application/json', connection: 'close' });
    outgoing.end(JSON.stringify({ error: refused.error }));
    return;
  }
  // By the name that the caller uses: what a platform says of its own addresses is built on it.
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const request = await toRequest(incoming, url, gone.signal);
  for (const route of routes) {
    const response = await route(request, url);
    if (!response) continue;
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) await pipeline(Readable.fromWeb(response.body as WebStream), outgoing);
    else outgoing.end();
    return;
  }
  outgoing.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
}

async function toRequest(incoming: IncomingMessage, url: URL, signal: AbortSignal): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('The request is too large.');
    chunks.push(chunk);
  }
  const headers = Object.entries(incoming.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const method = incoming.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks);
  return new Request(url, { method, headers, body, signal });
}
