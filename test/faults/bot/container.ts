import { mkdirSync } from 'node:fs';
import { buildLambdaHandler } from '../../../runtime/bot/handler.ts';
import { Container, type Handler } from '../container.ts';
import { containerNetwork } from './network.ts';
import type { Invocation } from './observation.ts';
import type { World } from './world.ts';

export type BotContainer = Container<Invocation>;

/** An execution environment of the bot's ingress or worker. */
export const startContainer = (world: World, hop: Invocation['hop'], tmpDir: string): BotContainer =>
  new Container<Invocation>(hop, world.clock, (container) => handlerIn(container, world, tmpDir));

function handlerIn(container: BotContainer, world: World, tmpDir: string): Handler {
  mkdirSync(tmpDir, { recursive: true });
  const { clients, agent } = containerNetwork(world, container);
  return buildLambdaHandler(undefined, {
    agent,
    clients: { ...clients, clock: container.clock },
    environment: { ...world.environment, MAWS_TMP_DIR: tmpDir },
    writeLog: (line) => world.log(container, line),
  });
}
