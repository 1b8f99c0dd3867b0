import { buildSweeperHandler } from '../sweeper-handler.ts';

export const handler = buildSweeperHandler();
