import type { FaultKind } from '../fault-kinds.ts';
import type { PlannedFault } from '../fault-plan.ts';
import { Random } from '../random.ts';

/** One message of a user. */
export interface Message {
  readonly chat: number;
  /** When the user writes, milliseconds from the start. */
  readonly atMillis: number;
  /** Parts of the reply, 0 to 3. */
  readonly parts: number;
  /** How long the agent thinks. */
  readonly agentMillis: number;
  /** The last part of the reply is a picture: of the web, or of bytes that must be uploaded. */
  readonly picture?: 'url' | 'bytes';
  /** Comes in the same webhook as the message before it (WhatsApp). */
  readonly joined?: boolean;
}

export interface Scenario {
  readonly mode: 'drop' | 'fifo' | 'merge';
  readonly channel: 'whatsapp' | 'telegram';
  readonly policy: 'resend' | 'hold';
  readonly messages: readonly Message[];
  /** When WhatsApp reports what it accepted: within 20 s, after minutes, or never. */
  readonly statuses: 'prompt' | 'late' | 'none';
}

/** One run of the simulated world. The id alone brings it back. */
export interface Schedule {
  readonly id: string;
  readonly seed: number;
  readonly scenario: Scenario;
  readonly faults: readonly PlannedFault[];
}

const MODES = ['drop', 'fifo', 'merge'] as const;
const CHANNELS = ['whatsapp', 'telegram'] as const;
const POLICIES = ['resend', 'hold'] as const;

const STATUSES = ['prompt', 'late', 'none'] as const;

/** Names of the scenarios that get every single fault. */
export function scenarioNames(): string[] {
  const names: string[] = [];
  for (const mode of MODES)
    for (const channel of CHANNELS)
      for (const policy of POLICIES)
        for (const [shape, { parts, only }] of Object.entries(SHAPES))
          if (fits(only, channel, mode))
            for (const count of parts) names.push([mode, channel, policy, String(count), shape].join('/'));
  return names;
}

const fits = (only: Shape['only'], channel: Scenario['channel'], mode: Scenario['mode']) =>
  only === undefined || only === channel || only === mode;

interface Shape {
  /** Parts of the reply in turn. */
  readonly parts: readonly number[];
  readonly only?: Scenario['channel'] | Scenario['mode'];
  readonly statuses: Scenario['statuses'];
  messages(parts: number): readonly Message[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  /** A new chat. */
  one: {
    parts: [1, 2, 3],
    statuses: 'prompt',
    messages: (parts) => [{ chat: 1, atMillis: 0, parts, agentMillis: 1000 }],
  },
  /** A known chat and warm functions. */
  known: {
    parts: [1, 2, 3],
    statuses: 'none',
    messages: (parts) => [
      { chat: 1, atMillis: 0, parts: 1, agentMillis: 0 },
      { chat: 1, atMillis: 20_000, parts, agentMillis: 1000 },
    ],
  },
  /** The second message comes while the first is worked on. */
  busy: {
    parts: [1, 3],
    statuses: 'late',
    messages: (parts) => [
      { chat: 1, atMillis: 0, parts, agentMillis: 3000 },
      { chat: 1, atMillis: 1000, parts: 1, agentMillis: 1000 },
    ],
  },
  /** Three more messages come while the first is worked on. */
  burst: {
    parts: [1, 2],
    only: 'merge',
    statuses: 'none',
    messages: (parts) => [
      { chat: 1, atMillis: 0, parts: 1, agentMillis: 3000 },
      { chat: 1, atMillis: 1000, parts: 1, agentMillis: 1000 },
      { chat: 1, atMillis: 1500, parts: 1, agentMillis: 1000 },
      { chat: 1, atMillis: 2000, parts, agentMillis: 1000 },
    ],
  },
  /** The reply ends with a picture whose bytes are uploaded. */
  picture: {
    parts: [2],
    only: 'fifo',
    statuses: 'prompt',
    messages: (parts) => [{ chat: 1, atMillis: 0, parts, agentMillis: 500, picture: 'bytes' }],
  },
  /** Messages of two chats, and two of one, in one webhook. */
  joined: {
    parts: [1],
    only: 'whatsapp',
    statuses: 'none',
    messages: (parts) => [
      { chat: 1, atMillis: 0, parts, agentMillis: 500 },
      { chat: 2, atMillis: 0, parts, agentMillis: 500, joined: true },
      { chat: 1, atMillis: 0, parts, agentMillis: 500, joined: true },
    ],
  },
};

export function namedScenario(name: string): Scenario {
  const [mode, channel, policy, parts, shapeName] = name.split('/');
  const shape = SHAPES[shapeName ?? ''];
  if (!shape) throw new Error(`No scenario ${name}`);
  const { statuses } = shape;
  return { mode, channel, policy, statuses, messages: shape.messages(Number(parts)) } as Scenario;
}

/** A named scenario with the given faults: `drop/whatsapp/resend/2/one#5:lost`. */
export function namedSchedule(name: string, ...faults: { call: number; kind: FaultKind }[]): Schedule {
  const id = [name, ...faults.map(({ call, kind }) => `${call}:${kind}`)].join('#');
  return { id, seed: 1, scenario: namedScenario(name), faults };
}

/** A random scenario with one to four faults; of any mode, unless one is given. */
export function randomSchedule(seed: number, mode?: Scenario['mode']): Schedule {
  const random = new Random(seed);
  const count = random.pick([1, 1, 2, 2, 3, 4]);
  const chats = random.pick([1, 1, 2]);
  const messages = Array.from({ length: count }, () => ({
    chat: random.between(1, chats),
    atMillis: random.between(0, random.pick([200, 5000, 60_000])),
    parts: random.pick([0, 1, 1, 1, 2, 3]),
    agentMillis: random.pick([0, 500, 4000]),
    joined: random.chance(0.15),
    ...(random.chance(0.2) && { picture: random.pick(['url', 'bytes'] as const) }),
  }));
  const lastCall = count * 9;
  const faults = Array.from({ length: random.pick([1, 2, 2, 3, 4]) }, () => ({
    call: random.between(0, lastCall),
    kind: { choice: random.next() },
  }));
  return {
    id: String(seed),
    seed,
    scenario: {
      mode: mode ?? random.pick(MODES),
      channel: random.pick(CHANNELS),
      policy: random.pick(POLICIES),
      statuses: random.pick(STATUSES),
      messages: messages.sort((a, b) => a.atMillis - b.atMillis),
    },
    faults,
  };
}

/** The schedule that an id names. */
export function scheduleOf(id: string): Schedule {
  if (/^\d+$/.test(id)) return randomSchedule(Number(id));
  const [name = '', ...faults] = id.split('#');
  const planned = faults.map((fault) => {
    const [call, kind] = fault.split(':');
    return { call: Number(call), kind: kind as FaultKind };
  });
  return namedSchedule(name, ...planned);
}
