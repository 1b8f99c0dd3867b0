import { buildLambdaHandler } from 'hookline/bot';

export const handler = buildLambdaHandler('telegram', { agent: (turn) => `You said ${turn.txet}` });
