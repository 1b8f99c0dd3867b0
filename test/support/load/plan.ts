import type { Fault } from '../../../local/stand-ins/fault.ts';
import { Random } from '../../faults/random.ts';

export interface LoadSettings {
  readonly seed: number;
  readonly users: number;
  readonly messages: number;
  /** Share of the messages (0 to 1) that the provider delivers a second time. */
  readonly redelivered: number;
  /** Share of the messages (0 to 1) that meet a failing provider. */
  readonly faulty: number;
}

/** One message of a load: the n-th, of the n-th user. */
export interface LoadMessage {
  readonly index: number;
  readonly user: number;
  readonly text: string;
  /** What the provider does with the next send to this user. */
  readonly fault: Fault | undefined;
}

/** A webhook of the load: a message's first delivery, or a later one. */
export interface LoadDelivery {
  readonly message: LoadMessage;
  readonly isAgain: boolean;
}

/** Ways of failing in equal shares: not done, refused for good, and done with the answer lost. */
const FAULTS: readonly Fault[] = [
  { kind: 'broken', platformObject: true },
  { kind: 'throttle', retryAfterSeconds: 1 },
  { kind: 'unreachable' },
  { kind: 'refuse', status: 400 },
  { kind: 'lose-answer' },
];

/** A redelivery comes at most this many webhooks after the first delivery. */
const MAX_LATER = 100;

/** The webhooks of a load in their order: users at random, redeliveries in between. The same seed, the same plan. */
export function planLoad({ seed, users, messages, redelivered, faulty }: LoadSettings): LoadDelivery[] {
  const random = new Random(seed);
  const places: { readonly at: number; readonly delivery: LoadDelivery }[] = [];
  for (let index = 0; index < messages; index++) {
    const user = random.between(0, users - 1);
    const fault = random.chance(faulty) ? random.pick(FAULTS) : undefined;
    const message = { index, user, text: textOf(index), fault };
    places.push({ at: index, delivery: { message, isAgain: false } });
    if (random.chance(redelivered))
      places.push({ at: index + random.next() * MAX_LATER, delivery: { message, isAgain: true } });
  }
  return places.sort((a, b) => a.at - b.at).map(({ delivery }) => delivery);
}

const textOf = (index: number) => `message #${index}#`;

/** The numbers of the messages that a text repeats, in its order. */
export const indexesIn = (text: string): number[] =>
  [...text.matchAll(/#(\d+)#/g)].map(([, index]) => Number(index));
