import { buildLambdaHandler } from '../handler.ts';
import { preloadIngress } from '../ingress-handler.ts';

await preloadIngress(process.env);
export const handler = buildLambdaHandler(process.env.BOT_TYPE);
