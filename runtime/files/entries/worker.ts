import { buildWorkerHandler } from '../worker-handler.ts';

export const handler = buildWorkerHandler();
