import type { PageFile } from '../../../cli/page/page-file.ts';
import { Problem } from '../../problem.ts';
import { isNumber } from '../../replies/people.ts';
import type { Route } from '../../server.ts';
import { problem, refusal, secured } from '../guard.ts';
import { jsonBody } from '../json-body.ts';
import type { RepliesConsole } from './replies-console.ts';

/** Where the console has the page of the reply engine. */
export const REPLIES_MOUNT = '/replies';

/** What a person may write at a time; WhatsApp lets a user write 4,096 characters. */
const MAX_TEXT_LENGTH = 4096;
/** What Twilio takes in one message. */
const MAX_ANSWER_LENGTH = 1500;

/** The page of the reply engine and what it calls, below `/replies/`. */
export function repliesRoute(console: RepliesConsole, page: ReadonlyMap<string, PageFile>): Route {
  return async (request, url) => {
    // The page's addresses are relative to a folder.
    if (url.pathname === REPLIES_MOUNT)
      return new Response(null, { status: 308, headers: { location: `${REPLIES_MOUNT}/` } });
    if (!url.pathname.startsWith(`${REPLIES_MOUNT}/`)) return undefined;
    const refused = refusal(request);
    if (refused) return secured(refused);
    const name = url.pathname.slice(REPLIES_MOUNT.length + 1);
    const file = page.get(name || 'index.html');
    if (file && request.method === 'GET')
      return secured(new Response(file.body, { headers: { 'content-type': file.type } }));
    return secured(await answer(console, request, name, url.searchParams));
  };
}

type Input = Readonly<Record<string, unknown>>;
type Act = (console: RepliesConsole, input: Input) => Promise<Response>;

async function answer(
  console: RepliesConsole,
  request: Request,
  name: string,
  query: URLSearchParams,
): Promise<Response> {
  const act = ROUTES.get(`${request.method} ${name}`);
  if (!act) return problem(404, 'There is nothing here.');
  const input = request.method === 'POST' ? await jsonBody(request) : Object.fromEntries(query);
  if (!input) return problem(400, 'The body is not a JSON object.');
  try {
    return await act(console, input);
  } catch (error) {
    if (error instanceof Problem) return problem(409, error.message);
    return problem(503, 'The emulator does not answer.');
  }
}

const accepted = () => Response.json({}, { status: 202 });

/** The text, or what is wrong with it. */
function checkedText(text: unknown, max: number): { readonly text: string } | { readonly fault: Response } {
  if (typeof text !== 'string' || text.trim() === '') return { fault: problem(400, 'The message is empty.') };
  if (text.length > max) return { fault: problem(400, `A message has at most ${max} characters here.`) };
  return { text };
}

const ROUTES: ReadonlyMap<string, Act> = new Map<string, Act>([
  [
    'GET api/view',
    async (console, { person: id, reveal }) => {
      const person = console.person(id ?? 'p0');
      if (!person) return problem(404, 'There is no such person.');
      return Response.json(await console.view(person, reveal === '1'));
    },
  ],
  [
    'POST api/people',
    async (console, { number }) => {
      const given = typeof number === 'string' ? number.replaceAll(/[\s()-]/g, '') : '';
      if (!isNumber(given)) return problem(400, 'A number has a plus sign and 7 to 15 digits: +12025550143.');
      return Response.json({ id: await console.begin(given) });
    },
  ],
  [
    'POST api/messages',
    async (console, { person: id, text }) => {
      const person = console.person(id);
      if (!person) return problem(404, 'There is no such person.');
      const checked = checkedText(text, MAX_TEXT_LENGTH);
      if ('fault' in checked) return checked.fault;
      console.write(person, checked.text);
      return accepted();
    },
  ],
  [
    'POST api/answers',
    async (console, { handOff, text }) => {
      const checked = checkedText(text, MAX_ANSWER_LENGTH);
      if ('fault' in checked) return checked.fault;
      await console.answer(String(handOff), checked.text);
      return accepted();
    },
  ],
  [
    'POST api/faults',
    async (console, { fault }) =>
      typeof fault === 'string' && console.faults.play(fault) ? accepted() : problem(400, 'No such fault.'),
  ],
  [
    'POST api/repairs',
    async (console, { provider }) => {
      if (provider !== 'twilio' && provider !== 'model') return problem(400, 'No such provider.');
      console.faults.repair(provider);
      return accepted();
    },
  ],
  ['POST api/redrive', async (console) => Response.json({ redriven: await console.redrive() })],
  [
    'POST api/order',
    async (console, { order }) =>
      console.orderCallbacks(order) ? accepted() : problem(400, 'No such order.'),
  ],
]);
