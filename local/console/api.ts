import type { PageFile } from '../../cli/page/page-file.ts';
import type { Route } from '../server.ts';
import type { Console } from './console.ts';
import { problem, refusal, secured } from './guard.ts';
import { jsonBody } from './json-body.ts';
import type { Channel } from './model.ts';
import { isUser } from './users.ts';

/** Longest text that both platforms let a user write. */
const MAX_TEXT_LENGTH = 4096;

/** The page and what it calls. Everything else is 404, so it is the last route of its server. */
export function consoleRoute(console: Console, page: ReadonlyMap<string, PageFile>): Route {
  return async (request, url) => {
    const refused = refusal(request);
    if (refused) return secured(refused);
    const file = page.get(url.pathname.slice(1) || 'index.html');
    if (file && request.method === 'GET')
      return secured(new Response(file.body, { headers: { 'content-type': file.type } }));
    return secured(await answer(console, request, url));
  };
}

async function answer(console: Console, request: Request, url: URL): Promise<Response> {
  const [, name, id, action] = url.pathname.match(/^\/api\/(\w+)(?:\/(m\d+)\/(\w+))?$/) ?? [];
  const act = ROUTES[`${request.method} ${[name, action].filter(Boolean).join('/')}`];
  if (!act) return problem(404, 'There is nothing here.');
  const body = request.method === 'POST' ? await jsonBody(request) : Object.fromEntries(url.searchParams);
  return body ? act(console, { ...body, ...(id && { id }) }) : problem(400, 'The body is not a JSON object.');
}

type Input = Readonly<Record<string, unknown>>;
type Act = (console: Console, input: Input) => Response | Promise<Response>;

const accepted = (body: object) => Response.json(body, { status: 202 });

const ROUTES: Readonly<Record<string, Act>> = {
  'GET events': (console) => console.listen() ?? problem(503, 'Too many pages listen.'),
  'GET history': async (console, { channel, user }) => {
    const bot = botOf(console, channel);
    if (!bot) return problem(400, 'No such bot.');
    const isKnown = typeof user === 'string' && isUser(bot.channel, user);
    return Response.json((isKnown && (await bot.cloud.history(user))) || null);
  },
  'POST messages': (console, { channel, user, text }) => {
    const bot = botOf(console, channel);
    if (!bot) return problem(400, `There is no ${String(channel)} bot here.`);
    if (typeof user !== 'string' || !isUser(bot.channel, user)) return problem(400, NUMBER_HELP[bot.channel]);
    if (typeof text !== 'string' || text.trim() === '') return problem(400, 'The message is empty.');
    if (text.length > MAX_TEXT_LENGTH)
      return problem(400, `A message has at most ${MAX_TEXT_LENGTH} characters.`);
    return accepted({ id: console.write(bot, user, text) });
  },
  'POST messages/deliveries': (console, { id, forged }) =>
    console.deliverAgain(String(id), forged === true)
      ? accepted({})
      : problem(404, 'This message is not known any more.'),
  'POST faults': (console, { channel, fault }) => {
    const bot = botOf(console, channel);
    const known = bot && console.setFault(bot, fault === null ? undefined : String(fault));
    return known ? accepted({}) : problem(400, 'No such bot or fault.');
  },
  'POST redrive': async (console, { channel }) => {
    const bot = botOf(console, channel);
    return bot ? Response.json({ redriven: await console.redrive(bot) }) : problem(400, 'No such bot.');
  },
};

const NUMBER_HELP: Readonly<Record<Channel, string>> = {
  whatsapp: 'A WhatsApp number has 7 to 15 digits, with country code, without +.',
  telegram: 'A Telegram chat id is a positive number of at most 15 digits.',
};

const botOf = (console: Console, channel: unknown) => console.bots.find((bot) => bot.channel === channel);
