import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from '../../../runtime/bot/agent.ts';
import type { AgentAction } from './control.ts';

/** An agent that asks the test what to do; built into a worker's zip as a user's own agent would be. */
const agent: Agent = async ({ chatId, eventId, text }, { getKey }) => {
  const response = await fetch(`${getKey('GRAPH_API_URL')}/_test/agent`, {
    method: 'POST',
    body: JSON.stringify({ chatId, eventId, text }),
  });
  const told = (await response.json()) as AgentAction;
  switch (told.action) {
    case 'throw':
      throw new Error('The agent was told to fail.');
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return delay(60_000, null);
    case 'reply-then-kill':
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), told.afterMillis);
      return told.text;
    case 'reply-late':
      return delay(told.afterMillis, told.text);
    case 'reply':
      return told.text;
  }
};

export default agent;
