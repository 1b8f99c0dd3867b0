import { type Agent, buildLambdaHandler } from 'hookline/bot';

const agent: Agent = (turn) => `You said ${turn.text}`;
export const handler = buildLambdaHandler('telegram', { agent });
