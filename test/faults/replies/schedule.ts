import type { FaultKind } from '../fault-kinds.ts';
import type { PlannedFault } from '../fault-plan.ts';
import { Random } from '../random.ts';

/** One message of a user. */
export interface Message {
  readonly chat: number;
  /** When the user writes, milliseconds from the start. */
  readonly atMillis: number;
  /** Default `text`. */
  readonly kind?: 'text' | 'media' | 'stop' | 'start';
  /** Parts of the reply, of a turn whose last message this is: 1 to 3. Default 1. */
  readonly parts?: number;
  /** What the model makes of such a turn. Default `reply`. */
  readonly model?: 'reply' | 'hand-off' | 'refuse';
  /** How long it takes. Default 1000. */
  readonly modelMillis?: number;
}

export interface Scenario {
  readonly policy: 'resend' | 'hold';
  readonly messages: readonly Message[];
  /** When Twilio reports what it accepted: within seconds, first things last, after minutes, or never. */
  readonly statuses: 'prompt' | 'mixed' | 'late' | 'none';
  /** The code with which what was accepted is given up in the end, if it is. */
  readonly undelivered?: number;
  /** How long a new message is missing in Twilio's list. */
  readonly listLagMillis: number;
  /** The model says the same words every time. */
  readonly sameWords: boolean;
  /** When a person takes a chat over, milliseconds from the start. */
  readonly takeovers: readonly { readonly chat: number; readonly atMillis: number }[];
  /** Chats whose messages all go to a person. */
  readonly queued: readonly number[];
  /** Records that are about to archive. */
  readonly isLarge: boolean;
  /** Without the sweeper nothing may be left either, as long as nothing fails. */
  readonly isUnswept: boolean;
}

/** One run of the simulated world. The id alone brings it back. */
export interface Schedule {
  readonly id: string;
  readonly seed: number;
  readonly scenario: Scenario;
  readonly faults: readonly PlannedFault[];
}

/** Ids of this system's schedules begin so. */
export const PREFIX = 'replies/';

const CALM: Omit<Scenario, 'messages'> = {
  policy: 'resend',
  statuses: 'none',
  listLagMillis: 2000,
  sameWords: false,
  takeovers: [],
  queued: [],
  isLarge: false,
  isUnswept: false,
};

const one: Message = { chat: 1, atMillis: 0 };

/** The worker begins 10 s after the first message. */
const SHAPES: Readonly<Record<string, Scenario>> = {
  /** One message, one part. */
  one: { ...CALM, messages: [one], statuses: 'prompt' },
  held: { ...CALM, messages: [{ ...one, parts: 2 }], policy: 'hold' },
  parts: { ...CALM, messages: [{ ...one, parts: 3 }], statuses: 'mixed' },
  /** Two messages in the window, one while the worker thinks. */
  burst: {
    ...CALM,
    statuses: 'late',
    messages: [one, { chat: 1, atMillis: 4000 }, { chat: 1, atMillis: 12_000, kind: 'media' }].map(
      (message) => ({ ...message, modelMillis: 4000 }) as Message,
    ),
  },
  /** Two turns whose replies have the same words; Twilio's list is late. */
  same: {
    ...CALM,
    sameWords: true,
    listLagMillis: 45_000,
    messages: [one, { chat: 1, atMillis: 12_000 }],
  },
  /** The list is so late that it cannot tell. */
  lagging: { ...CALM, listLagMillis: 200_000, messages: [one] },
  'hand-off': { ...CALM, messages: [{ ...one, model: 'hand-off' }] },
  refusal: { ...CALM, messages: [{ ...one, model: 'refuse' }] },
  undelivered: { ...CALM, messages: [{ ...one, parts: 2 }], statuses: 'prompt', undelivered: 63_016 },
  /** STOP while the model thinks, a message nobody answers, START, and one more. */
  stop: {
    ...CALM,
    messages: [
      { ...one, modelMillis: 4000 },
      { chat: 1, atMillis: 12_000, kind: 'stop' },
      { chat: 1, atMillis: 20_000 },
      { chat: 1, atMillis: 30_000, kind: 'start' },
      { chat: 1, atMillis: 40_000 },
    ],
  },
  /** Every message goes to a person. */
  human: { ...CALM, queued: [1], messages: [one, { chat: 1, atMillis: 3000, kind: 'media' }] },
  /** A person takes over while the model thinks. */
  takeover: {
    ...CALM,
    takeovers: [{ chat: 1, atMillis: 12_000 }],
    messages: [
      { ...one, modelMillis: 4000 },
      { chat: 1, atMillis: 30_000 },
    ],
  },
  /** The commit moves entries to the archive. */
  archive: { ...CALM, isLarge: true, messages: [one] },
  /** Without the sweeper. */
  unswept: {
    ...CALM,
    isUnswept: true,
    messages: [
      { ...one, modelMillis: 4000 },
      { chat: 1, atMillis: 12_000 },
    ],
  },
};

/** Names of the scenarios that get every single fault. */
export const scenarioNames = (): readonly string[] => Object.keys(SHAPES).map((shape) => PREFIX + shape);

export function namedScenario(name: string): Scenario {
  const scenario = SHAPES[name.slice(PREFIX.length)];
  if (!scenario) throw new Error(`No scenario ${name}`);
  return scenario;
}

const KINDS = ['text', 'text', 'text', 'text', 'text', 'media', 'stop', 'start'] as const;
const VERDICTS = ['reply', 'reply', 'reply', 'reply', 'hand-off', 'refuse'] as const;

function randomMessage(random: Random, chats: number): Message {
  return {
    chat: random.between(1, chats),
    atMillis: random.between(0, random.pick([5000, 20_000, 120_000])),
    kind: random.pick(KINDS),
    parts: random.pick([1, 1, 2, 3]),
    model: random.pick(VERDICTS),
    modelMillis: random.pick([300, 3000, 3000, 50_000]),
  };
}

/** An answer is lost, Twilio's list lags, and a little later callbacks come or another send fails. */
function unclearSchedule(seed: number): Schedule {
  const random = new Random(seed);
  const faults: readonly PlannedFault[] = [
    { call: random.between(8, 20), kind: 'lost' },
    { call: random.between(16, 32), kind: random.pick(['report', 'throttle']) },
  ];
  return { id: PREFIX + seed, seed, scenario: { ...CALM, listLagMillis: 70_000, messages: [one] }, faults };
}

/**
 * A random scenario with one to four faults. `unswept`: without the sweeper, and without failures. `unclear`: one
 * about a send of which nobody knows.
 */
export function randomSchedule(seed: number, sort?: string): Schedule {
  if (sort === 'unclear') return unclearSchedule(seed);
  const random = new Random(seed);
  const isUnswept = random.chance(0.1) || sort === 'unswept';
  const chats = random.pick([1, 1, 1, 2]);
  const messages = Array.from({ length: random.pick([1, 2, 2, 3, 4, 5]) }, () =>
    randomMessage(random, chats),
  );
  const chat = random.between(1, chats);
  const scenario: Scenario = {
    policy: random.pick(['resend', 'resend', 'hold']),
    statuses: random.pick(['prompt', 'mixed', 'late', 'none']),
    ...(random.chance(0.1) && { undelivered: random.pick([63_016, 63_003, 30_008]) }),
    listLagMillis: random.pick([0, 2000, 45_000, 45_000, 200_000]),
    sameWords: random.chance(0.2),
    takeovers: random.chance(0.15) ? [{ chat, atMillis: random.between(0, 40_000) }] : [],
    queued: random.chance(0.1) ? [chat] : [],
    isLarge: random.chance(0.03),
    isUnswept,
    messages: messages.sort((a, b) => a.atMillis - b.atMillis),
  };
  const lastCall = messages.length * 22;
  const faults = Array.from({ length: random.pick([1, 2, 2, 3, 4]) }, () => ({
    call: random.between(0, lastCall),
    kind: { choice: random.next() },
  }));
  return { id: PREFIX + seed, seed, scenario, faults };
}

/** The schedule that an id names: `replies/123`, or a scenario with its faults, `replies/one#5:lost`. */
export function scheduleOf(id: string): Schedule {
  const [name = '', ...faults] = id.split('#');
  if (/^replies\/\d+$/.test(name)) return randomSchedule(Number(name.slice(PREFIX.length)));
  const planned = faults.map((fault) => {
    const [call, kind] = fault.split(':');
    return { call: Number(call), kind: kind as FaultKind };
  });
  return { id, seed: 1, scenario: namedScenario(name), faults: planned };
}
