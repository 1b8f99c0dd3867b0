import type { DeployedBot } from '../deployed-bot.ts';
import type { BotWorld, World } from '../world.ts';
import { createDashboard } from './api.ts';
import { deployedData } from './deployed-data.ts';
import { givenAgent } from './given-agent.ts';
import { dashboardPage } from './page-files.ts';
import { projectView } from './project-view.ts';
import { NO_AGENT } from './replay-view.ts';
import { type DashboardServer, type ServerOptions, startServer } from './server.ts';

export interface StartOptions extends ServerOptions {
  readonly isWritable: boolean;
  readonly historyLimit: number;
  /** Of the project on this machine. */
  readonly folder: string;
  /** Asked by replays. */
  readonly agentFile: string | undefined;
}

/** Serves the dashboard of a deployed bot. Throws when nothing can listen at the address. */
export async function startDashboard(
  bot: DeployedBot,
  world: BotWorld & Pick<World, 'environment'>,
  options: StartOptions,
): Promise<DashboardServer> {
  const { isWritable, historyLimit, folder, agentFile } = options;
  const agent = agentFile === undefined ? NO_AGENT : await givenAgent(agentFile, world.environment);
  const [data, page] = await Promise.all([deployedData(bot, world, agent), dashboardPage()]);
  const dashboard = createDashboard({
    bots: [data],
    page,
    isWritable,
    historyLimit,
    project: () => projectView(folder),
    nowMillis: () => world.aws.clock.nowMillis(),
  });
  return startServer(dashboard, options);
}
