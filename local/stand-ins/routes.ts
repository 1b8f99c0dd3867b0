import type { Route } from '../server.ts';
import type { FaultRule } from './fault.ts';
import { jsonObject, type StandIn, type StandInCall } from './stand-in.ts';

/** The platforms by name; a stand has those that its system talks to. */
export type StandIns = Readonly<
  Record<'whatsapp' | 'telegram', StandIn> &
    Partial<Record<'twilio' | 'responses' | 'anthropic' | 'bedrock', StandIn>>
>;

/** The form of each platform's paths. */
const PATHS: Readonly<Record<keyof StandIns, RegExp>> = {
  whatsapp: /^\/(v\d+\.\d+|whatsapp_business)\//,
  telegram: /^(\/file)?\/bot[^/]+\//,
  twilio: /^\/(2010-04-01|twilio-media)\//,
  responses: /\/(responses|conversations)$/,
  anthropic: /\/v1\/messages$/,
  bedrock: /^\/model\/[^/]+\/converse$/,
};

const isPlatform = (name: string | undefined): name is keyof StandIns =>
  name !== undefined && Object.hasOwn(PATHS, name);

/** The platforms, told apart by their paths: `/v26.0/…` (and the addresses of media), `/bot<token>/…` and so on. */
export const platformRoute =
  (standIns: StandIns): Route =>
  async (request, url) => {
    const name = Object.keys(PATHS)
      .filter(isPlatform)
      .find((platform) => PATHS[platform].test(url.pathname));
    return name && standIns[name]?.fetch(request);
  };

/**
 * The stand-ins' own controls, for whoever is not in this process:
 * `GET /_stand-in/whatsapp/calls` and `/sent` (`?chat=<id>` for one chat), `POST /_stand-in/whatsapp/faults`
 * with a `FaultRule`, `DELETE /_stand-in/whatsapp` to forget everything; likewise for each other platform.
 */
export const controlRoute =
  (standIns: StandIns): Route =>
  async (request, url) => {
    const [, platform, what] = url.pathname.match(/^\/_stand-in\/(\w+)(?:\/(\w+))?$/) ?? [];
    const standIn = isPlatform(platform) ? standIns[platform] : undefined;
    if (!standIn) return undefined;
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
