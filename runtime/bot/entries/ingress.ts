import { buildIngressHandler, preloadIngress } from '../ingress-handler.ts';

await preloadIngress(process.env);
export const handler = buildIngressHandler(process.env.BOT_TYPE);
