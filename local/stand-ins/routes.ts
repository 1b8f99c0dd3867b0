import type { Route } from '../server.ts';
import type { FaultRule } from './fault.ts';
import { jsonObject, type StandIn, type StandInCall } from './stand-in.ts';

export type StandIns = Readonly<Record<'whatsapp' | 'telegram', StandIn>>;

/** Both platforms, told apart by the form of their paths: `/v26.0/…` (and the
 * addresses of media) and `/bot<token>/…`. */
export const platformRoute =
  (standIns: StandIns): Route =>
  async (request, url) => {
    if (/^\/(v\d+\.\d+|whatsapp_business)\//.test(url.pathname)) return standIns.whatsapp.fetch(request);
    if (/^(\/file)?\/bot[^/]+\//.test(url.pathname)) return standIns.telegram.fetch(request);
    return undefined;
  };

/**
 * The stand-ins' own controls, for whoever is not in this process:
 * `GET /_stand-in/whatsapp/calls` and `/sent` (`?chat=<id>` for one chat), `POST /_stand-in/whatsapp/faults`
 * with a `FaultRule`, `DELETE /_stand-in/whatsapp` to forget everything; likewise for `telegram`.
 */
export const controlRoute =
  (standIns: StandIns): Route =>
  async (request, url) => {
    const [, platform, what] = url.pathname.match(/^\/_stand-in\/(whatsapp|telegram)(?:\/(\w+))?$/) ?? [];
    if (platform !== 'whatsapp' && platform !== 'telegram') return undefined;
    const standIn = standIns[platform];
    const chat = url.searchParams.get('chat');
    const ofChat = (calls: readonly StandInCall[]) =>
      calls.filter((call) => chat === null || call.chatId === chat);
    switch (`${request.method} ${what ?? ''}`) {
      case 'GET calls':
        return Response.json(ofChat(standIn.calls));
      case 'GET sent':
        return Response.json(ofChat(standIn.sent));
      case 'POST faults':
        return addFault(standIn, await jsonObject(request));
      case 'DELETE ':
        standIn.reset();
        return Response.json({});
      default:
        return undefined;
    }
  };

const KINDS = ['refuse', 'throttle', 'broken', 'html', 'hang', 'lose-answer', 'unreachable', 'pass'];

function addFault(standIn: StandIn, rule: Record<string, unknown> | undefined): Response {
  if (typeof rule?.kind !== 'string' || !KINDS.includes(rule.kind))
    return Response.json({ error: `kind must be one of ${KINDS.join(', ')}` }, { status: 400 });
  standIn.fail(rule as unknown as FaultRule);
  return Response.json({});
}
