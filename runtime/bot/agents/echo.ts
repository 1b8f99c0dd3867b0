import type { Agent } from '../agent.ts';

/** Answers every text with itself: shows that a bot works before it has an agent of its own. */
export const echoAgent: Agent = (turn) => `You said: ${turn.text}`;
