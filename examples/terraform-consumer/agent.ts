import type { Agent } from 'hookline/bot';

export const agent: Agent = (turn) => `You said: ${turn.text}`;
