import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createDashboard, type DashboardOptions } from '../../cli/dashboard/api.ts';
import { deployedData } from '../../cli/dashboard/deployed-data.ts';
import { findBot } from '../../cli/deployed-bot.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import type { Agent } from '../../runtime/bot/agent.ts';
import { buildWorkerHandler } from '../../runtime/bot/worker-handler.ts';
import { context, queued, textJob } from '../runtime/bot/worker-world.ts';
import { deployedWorld } from './bot-world.ts';

export const ORIGIN = 'http://127.0.0.1:8765';

/** The deployed bot `shop`, which works messages on the same fakes, and its dashboard. */
export async function dashboardWorld(
  options: Partial<Pick<DashboardOptions, 'isWritable' | 'historyLimit'>> & {
    readonly agent?: Agent;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
) {
  const { agent = (turn) => `You said: ${turn.text}`, environment = {}, ...given } = options;
  const world = deployedWorld('fifo', environment);
  const { clock, s3, dynamodb, sqs, lambda, ssm, aws } = world;
  s3.nowMillis = () => clock.nowMillis();
  const platform = createGraphStandIn({ nowMillis: () => clock.nowMillis() });
  const tmp = mkdtempSync(path.join(tmpdir(), 'hookline-dashboard-'));
  onTestFinished(() => rmSync(tmp, { recursive: true, force: true }));
  const lines: Record<string, unknown>[] = [];
  const worker = buildWorkerHandler('whatsapp', {
    agent,
    clients: { s3, dynamodb, ssm, sqs, clock, fetch: platform.fetch },
    environment: { ...lambda.functions.get('shop-worker'), MAWS_TMP_DIR: tmp },
    writeLog: (line) => lines.push(JSON.parse(line)),
  });
  const say = (chat: string, text: string, event: string) =>
    worker(queued({ ...textJob(text, event), chat_id: chat, user_id: chat }), context());
  const botWorld = {
    aws,
    fetch: platform.fetch,
    redriveClients: async () => ({ sqs, lambda, clock }),
  };
  const data = await deployedData(await findBot('shop', aws), botWorld);
  const dashboard = createDashboard({
    bots: [data],
    page: new Map([['index.html', { type: 'text/html', body: '<title>page</title>' }]]),
    isWritable: true,
    historyLimit: 200,
    project: async () => ({
      project_dir: '/p',
      project_name: 'p',
      config_path: '/p/config.json',
      has_config: false,
      load_error: null,
      components: [],
    }),
    nowMillis: () => clock.nowMillis(),
    ...given,
  });
  const ask = async (method: string, target: string, init: RequestInit = {}) => {
    const url = new URL(target, ORIGIN);
    const headers = { host: url.host, ...init.headers };
    const response = await dashboard(
      new Request(url, { ...init, method, headers }),
      url.pathname,
      url.searchParams,
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  };
  const get = (target: string) => ask('GET', target);
  const post = (target: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ask('POST', target, {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: ORIGIN, ...headers },
    });
  return { ...world, platform, worker, lines, say, data, ask, get, post };
}

// biome-ignore lint/suspicious/noExplicitAny: each route answers another shape, and each test says which.
function jsonOf(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
