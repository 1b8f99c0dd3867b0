import type { Emulator } from '../emulator/emulator.ts';
import { functionLogs } from '../logs.ts';
import { type Played, play, turnFinished } from '../play.ts';
import { Problem } from '../problem.ts';
import type { Webhook } from '../recordings/webhooks.ts';
import { ENGINE_FUNCTIONS } from './engine.ts';
import { PEOPLE } from './people.ts';
import type { StandReplies } from './stand.ts';

/** Writes to the reply engine as the first person and waits for the reply. When none comes, the logs are the reason. */
export async function playReplies(
  { webhook, webhookUrl, standIns }: StandReplies,
  { endpoint }: Emulator,
  signal: AbortSignal,
): Promise<{ readonly webhook: Webhook; readonly played: Played }> {
  const from = PEOPLE[0]?.number ?? '';
  const message = webhook({ from, text: 'Hello, hookline' });
  const started = Date.now();
  try {
    const played = await play(message, { url: webhookUrl, standIn: standIns.twilio, signal });
    await turnFinished(endpoint, ENGINE_FUNCTIONS.worker, started, 'turn_finished');
    return { webhook: message, played };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const names = Object.values(ENGINE_FUNCTIONS);
    const logs = await Promise.all(names.map((name) => functionLogs(endpoint, name, started)));
    throw new Problem([error.message, ...logs.flat()].join('\n'));
  }
}
