import { describeError, HooklineError } from '../../runtime/core/errors.ts';
import type { PageFile } from '../page/page-file.ts';
import { jsonBody, problem, refusedChange, secured } from './answers.ts';
import { ChatList } from './chats.ts';
import type { DashboardData } from './data.ts';
import { BadInput, type Input } from './inputs.ts';
import type { ProjectView } from './project-view.ts';
import { READS } from './reads.ts';
import { WRITES } from './writes.ts';

export interface DashboardOptions {
  /** At least one. */
  readonly bots: readonly DashboardData[];
  /** The page's files by name. */
  readonly page: ReadonlyMap<string, PageFile>;
  /** Takes changes; without it they are answered 403. */
  readonly isWritable: boolean;
  readonly historyLimit: number;
  /** What lies in the folder that the command was started in. */
  readonly project: () => Promise<ProjectView>;
  readonly consoleUrl?: string;
  readonly nowMillis: () => number;
}

/** What a route works with: the options, and the bot that is asked about. */
export interface RouteContext extends DashboardOptions {
  readonly data: DashboardData;
  readonly chatList: ChatList;
}

export type Act = (context: RouteContext, input: Input) => Promise<Response>;

/** Answers a request to the dashboard; `path` is what stands behind the place where it is mounted. */
export type Dashboard = (request: Request, path: string, query: URLSearchParams) => Promise<Response>;

/** The page and what it calls. Everything else is 404. It never calls a model, and logs nothing. */
export function createDashboard(options: DashboardOptions): Dashboard {
  const lists = new Map(options.bots.map((data) => [data, new ChatList(data)]));
  const contextOf = (bot: unknown): RouteContext | undefined => {
    const data = bot === undefined ? options.bots[0] : options.bots.find((each) => each.bot.name === bot);
    const chatList = data && lists.get(data);
    return data && chatList && { ...options, data, chatList };
  };
  return async (request, path, query) => {
    const file = options.page.get(path.slice(1) || 'index.html');
    if (file && request.method === 'GET')
      return secured(new Response(file.body, { headers: { 'content-type': file.type } }));
    const input = Object.fromEntries(query);
    return secured(await answer(request, path, input, contextOf(input.bot), options.isWritable));
  };
}

async function answer(
  request: Request,
  path: string,
  query: Input,
  context: RouteContext | undefined,
  isWritable: boolean,
): Promise<Response> {
  const name = `${request.method} ${path}`;
  const [read, write] = [READS.get(name), WRITES.get(name)];
  if (!read && !write) return problem(404, 'not found');
  if (!context) return problem(400, 'There is no such bot here.');
  const isChange = request.method === 'POST';
  const refused = isChange ? refusedChange(request) : undefined;
  if (refused) return refused;
  if (write && !isWritable)
    return problem(403, 'This dashboard only reads. Start it with --write to change something.');
  const input = isChange ? await jsonBody(request) : query;
  if (input instanceof Response) return input;
  return answered(write ?? read, context, input);
}

async function answered(act: Act | undefined, context: RouteContext, input: Input): Promise<Response> {
  try {
    return (await act?.(context, input)) ?? problem(404, 'not found');
  } catch (error) {
    if (error instanceof BadInput) return error.answer;
    if (error instanceof HooklineError) return problem(502, describeError(error));
    // The commands' own errors are sentences for the person who reads this page.
    return problem(500, error instanceof Error ? error.message : 'It failed.');
  }
}
