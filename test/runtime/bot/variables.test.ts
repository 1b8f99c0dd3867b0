import { expect, test } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { context, queued, textJob, workerWorld } from './worker-world.ts';

test('a variable block in the reply sets a variable of this chat, and sends nothing; the newest wins', async () => {
  const seen: unknown[] = [];
  const agent: Agent = (turn, { variables, history }) => {
    seen.push(variables);
    if (turn.text === 'forget') history.clear();
    if (turn.text === 'only') return [{ type: 'variable', key: 'count', value: 3 }];
    return [
      { type: 'variable', key: 'town', value: turn.text },
      { type: 'text', content: `It is ${turn.text}` },
    ];
  };
  const { worker, provider } = workerWorld({ policy: 'fifo', agent });
  for (const [index, text] of ['Lugo', 'Vigo', 'only', 'forget', 'last'].entries())
    await worker(queued(textJob(text, `wamid.${index}`)), context());
  expect(provider.sent.map(({ text }) => text)).toEqual([
    'It is Lugo',
    'It is Vigo',
    'It is forget',
    'It is last',
  ]);
  expect(seen).toEqual([
    {},
    { town: 'Lugo' },
    { town: 'Vigo' },
    { town: 'Vigo', count: 3 },
    { town: 'forget' },
  ]);
});
