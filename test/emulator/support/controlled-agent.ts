import { setTimeout as delay } from 'node:timers/promises';
import type { Agent } from '../../../runtime/bot/agent.ts';
import type { AgentAction } from './control.ts';

/** An agent that asks the test what to do; built into a worker's zip as a user's own agent would be. */
const agent: Agent = async ({ chatId, eventId, text, media }, { getKey, files }) => {
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
    case 'echo':
      return text;
    case 'return-medium': {
      const [medium] = media;
      if (!medium) throw new Error('The turn has no medium.');
      const { bytes } = await files.load(medium);
      return [image(await files.save(told.name, bytes))];
    }
    case 'show-file':
      return [image(`file:${told.name}`)];
    case 'reply':
      return told.text;
  }
};

const image = (path: string) => ({ type: 'image', content: { kind: 'file', path } });

export default agent;
