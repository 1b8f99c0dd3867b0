import type { Route } from '../../../local/server.ts';

/** What the controlled agent does with a turn. */
export type AgentAction =
  | { readonly action: 'reply'; readonly text: string }
  | { readonly action: 'throw' }
  /** The process ends at once, as if the machine went away. */
  | { readonly action: 'kill' }
  /** Replies; the process ends `afterMillis` later, in the middle of what follows. */
  | { readonly action: 'reply-then-kill'; readonly text: string; readonly afterMillis: number }
  | { readonly action: 'reply-late'; readonly text: string; readonly afterMillis: number }
  /** Replies with the text of the turn. */
  | { readonly action: 'echo' }
  /** Replies with the medium that the user sent, kept as a file of the chat under this name. */
  | { readonly action: 'return-medium'; readonly name: string }
  /** Replies with a file that an earlier turn kept. */
  | { readonly action: 'show-file'; readonly name: string };

/** One time the agent was asked. */
export interface AgentRun {
  readonly chatId: string;
  readonly eventId: string;
  readonly text: string;
  readonly atMillis: number;
}

const MAX_RUNS = 5000;

/**
 * The other end of the controlled agent: `POST /_test/agent` is the agent asking what to do with a turn,
 * `PUT /_test/agent?chat=<id>` scripts the next turns of a chat, `GET` tells what was asked. Unscripted turns
 * are echoed. A script's last action stays in force.
 */
export function agentControl(): Route {
  const scripts = new Map<string, AgentAction[]>();
  const runs: AgentRun[] = [];
  return async (request, url) => {
    if (url.pathname !== '/_test/agent') return undefined;
    const chat = url.searchParams.get('chat') ?? '';
    if (request.method === 'PUT') {
      scripts.set(chat, (await request.json()) as AgentAction[]);
      return Response.json({});
    }
    if (request.method === 'GET') return Response.json(runs.filter((run) => run.chatId === chat));
    const turn = (await request.json()) as Omit<AgentRun, 'atMillis'>;
    runs.push({ ...turn, atMillis: Date.now() });
    if (runs.length > MAX_RUNS) runs.shift();
    const script = scripts.get(turn.chatId) ?? [];
    const echo: AgentAction = { action: 'echo' };
    return Response.json((script.length > 1 ? script.shift() : script[0]) ?? echo);
  };
}
