import { buildLambdaHandler } from '../handler.ts';

export const handler = buildLambdaHandler(process.env.BOT_TYPE);
