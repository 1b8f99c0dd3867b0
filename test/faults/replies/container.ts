import { BUILDERS } from '../../runtime/replies/world-setup.ts';
import { Container } from '../container.ts';
import { containerClients } from './network.ts';
import type { Hop, Invocation } from './observation.ts';
import { PROMPTS } from './settings.ts';
import type { World } from './world.ts';

export type RepliesContainer = Container<Invocation>;

/** An execution environment of one of the three functions. */
export const startContainer = (world: World, hop: Hop): RepliesContainer =>
  new Container<Invocation>(hop, world.clock, (container) =>
    BUILDERS[hop]({
      clients: { ...containerClients(world, container), clock: container.clock },
      environment: world.environment,
      prompts: PROMPTS,
      writeLog: (line) => world.log(container, line),
    }),
  );
