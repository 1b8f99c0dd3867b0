import type { Turn } from '../../../runtime/bot/agent.ts';
import type { Job } from '../../../runtime/bot/job.ts';
import { type IngressWorld, jobsOf, signed, TELEGRAM_SECRET } from './ingress-world.ts';
import { asynchronous, context, workerWorld } from './worker-world.ts';

let count = 0;

/** The id that was given last. */
export const lastId = () => String(count);

/** A signed WhatsApp message, sent now. */
export function whatsapp(world: IngressWorld, message: object, value: object = {}) {
  const timestamp = String(Math.floor(world.clock.nowMillis() / 1000));
  const whole = { from: '12025550143', id: `wamid.${++count}`, timestamp, ...message };
  const metadata = { phone_number_id: '100000000000001', display_phone_number: '12025550100' };
  const change = { field: 'messages', value: { metadata, ...value, messages: [whole] } };
  return signed(JSON.stringify({ entry: [{ id: 'account', changes: [change] }] }));
}

/** A Telegram update with the right secret. */
export const telegram = (update: object) => ({
  body: JSON.stringify({ update_id: ++count, ...update }),
  headers: { 'X-Telegram-Bot-Api-Secret-Token': TELEGRAM_SECRET },
});

export const ada = { id: 7, is_bot: false, first_name: 'Ada' };
export const message = ({ clock }: IngressWorld, more: object) => ({
  message_id: ++count,
  from: ada,
  chat: { id: 7, type: 'private' },
  date: Math.floor(clock.nowMillis() / 1000),
  ...more,
});
export const group = { id: -100, type: 'supergroup', title: 'Team' };

export const rules = (world: IngressWorld) => world.log.of('event_ignored').map(({ rule }) => rule);

/** The turns that a bot's agent sees of the jobs that were handed off. */
export async function turnsOf(world: IngressWorld, provider: 'whatsapp' | 'telegram' = 'whatsapp') {
  const turns: Turn[] = [];
  const worker = workerWorld({ provider, agent: (turn) => void turns.push(turn) });
  for (const job of jobsOf(world)) await worker.worker(asynchronous(job as unknown as Job), context());
  return { turns, worker };
}
