import type { Route } from '../../../local/server.ts';
import type { StandIns } from '../../../local/stand-ins/routes.ts';
import type { MediaStandIn } from '../../../local/stand-ins/stand-in.ts';

/** WhatsApp's media for the tests: `POST /_test/media` holds the body as a user's medium, `GET /_test/media?id=` is what is kept. */
export const mediaRoute =
  (whatsapp: MediaStandIn): Route =>
  async (request, url) => {
    if (url.pathname !== '/_test/media') return undefined;
    if (request.method === 'POST') {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const mimeType = request.headers.get('content-type') ?? 'application/octet-stream';
      return Response.json({ id: whatsapp.hold({ bytes, mimeType }) });
    }
    const held = whatsapp.held(url.searchParams.get('id') ?? '');
    return held ? new Response(new Uint8Array(held.bytes)) : new Response(null, { status: 404 });
  };

/** `GET /_test/sent/<platform>?after=<sequence>`: messages that a platform took after that one. */
export const sentRoute =
  (standIns: StandIns): Route =>
  async (_request, url) => {
    const platform = url.pathname.match(/^\/_test\/sent\/(whatsapp|telegram)$/)?.[1];
    if (platform !== 'whatsapp' && platform !== 'telegram') return undefined;
    const after = Number(url.searchParams.get('after'));
    return Response.json(standIns[platform].sent.filter(({ sequence }) => sequence > after));
  };
