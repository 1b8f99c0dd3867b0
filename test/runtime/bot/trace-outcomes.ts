import { expect } from 'vitest';
import type { MessageTrace, Outcome, TraceAnswer } from '../../../runtime/bot/trace/model.ts';
import type { JointOptions, JointWorld } from './joint-world.ts';

const CHAT = '12025550107';
export const TELEGRAM_CHAT = '5550000007';

type Provider = JointOptions['provider'];

/** One kind of outcome, and how a bot comes to it with the real hops. */
export interface Row {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly on: readonly (readonly [JointOptions['policy'], Provider])[];
  readonly options?: Omit<JointOptions, 'policy' | 'provider'>;
  /** Another's message: nobody reads whose chat it belongs to. */
  readonly isForeign?: boolean;
  /** Lets the message come to its end; `post` delivers its webhook. */
  arrange(world: JointWorld, post: () => Promise<{ readonly statusCode: number }>, ids: Ids): Promise<void>;
}

interface Ids {
  readonly eventId: string;
  readonly chatId: string;
  readonly messageId: string;
}

export const EVERYWHERE = [
  ['drop', 'whatsapp'],
  ['drop', 'telegram'],
  ['fifo', 'whatsapp'],
  ['fifo', 'telegram'],
] as const;
export const WHATSAPP = EVERYWHERE.filter(([, provider]) => provider === 'whatsapp');
export const INVOKED = EVERYWHERE.filter(([policy]) => policy === 'drop');
export const CALLS = 4;

export const idsOf = (provider: Provider): Ids =>
  provider === 'whatsapp'
    ? { eventId: 'wamid.TRACED', chatId: CHAT, messageId: 'wamid.TRACED' }
    : { eventId: '7000042', chatId: TELEGRAM_CHAT, messageId: '43' };

/** What `hookline trace` prints as JSON. */
export async function traced(world: JointWorld, id: string): Promise<TraceAnswer> {
  const { out, error, exitCode } = await world.command('trace', id, '--json');
  expect({ error, exitCode }).toEqual({ error: '', exitCode: 0 });
  return JSON.parse(out) as TraceAnswer;
}

/** The one message among those that were found. */
export const ofEvent = ({ found }: TraceAnswer, eventId: string, isUnnamed: boolean): MessageTrace => {
  const named = found?.messages.find((message) => message.eventId === eventId);
  const message = named ?? (isUnnamed ? found?.messages.at(-1) : undefined);
  if (!message) throw new Error(`No trace of ${eventId}`);
  return message;
};
