import { buildWorkerHandler } from '../worker-handler.ts';

export const handler = buildWorkerHandler(process.env.BOT_TYPE);
