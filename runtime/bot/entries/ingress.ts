import { buildIngressHandler } from '../ingress-handler.ts';

export const handler = buildIngressHandler(process.env.BOT_TYPE);
