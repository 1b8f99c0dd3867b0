import type { FunctionRun } from '../invocation.ts';
import type { Message } from './schedule.ts';

/** One run of a function in a container. */
export interface Invocation extends FunctionRun {
  readonly hop: 'ingress' | 'worker';
  /** The events that a worker's run was given. */
  readonly eventIds: readonly string[];
  /** Place at which it began. */
  readonly startedAt: number;
  /** Places at which it began a send, and for which event. */
  readonly sendsAt: { readonly at: number; readonly carrierId: string }[];
  /** The lock when it asked for it. */
  lockSeen: LockSeen | undefined;
  /** Chat id → what it asked the agent about last; under merge chats are worked side by side. */
  readonly turns: Map<string, AskedTurn>;
}

/** A turn as the agent saw it. */
export interface AskedTurn {
  readonly run: number;
  /** The event that carries the reply. */
  readonly carrierId: string;
  readonly events: readonly EventRecord[];
}

export interface LockSeen {
  readonly item: LockItem;
  readonly nowSeconds: number;
  /** Its holder ran, or had died or failed, so that its event is still to be worked on. */
  readonly inUse: boolean;
}

export type LockItem = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

/** A part that the provider took. */
export interface Acceptance {
  readonly part: number;
  /** Which run of the agent wrote the text. */
  readonly run: number;
  /** Place in the world's order of happenings. */
  readonly at: number;
  readonly invocation: Invocation;
  /** The send itself had a fault that leaves its outcome open to the worker. */
  readonly unclear: boolean;
}

/** Everything that befell one message. */
export class EventRecord {
  handedOff = false;
  /** Place at which the queue first took it. */
  queuedAt: number | undefined;
  agentRuns: { readonly at: number; readonly run: number; readonly invocation: Invocation }[] = [];
  decisions: { readonly at: number; readonly run: number; readonly carrierId: string }[] = [];
  accepted: Acceptance[] = [];
  /** Part → place at which its mark was first stored. */
  readonly markedAt = new Map<number, number>();
  /** Part → place at which a status webhook that names it was answered with 200. */
  readonly reportedAt = new Map<number, number>();
  ignoredBy: Invocation[] = [];
  /** How often it was noted that the user is told of the failure. */
  told = 0;
  /** The largest receive count with which the queue delivered it. */
  receives = 0;

  constructor(
    readonly id: string,
    readonly chatId: string,
    readonly message: Message,
  ) {}
}

/** Where an operator would see an event. */
export interface Visible {
  readonly deadLetters: ReadonlySet<string>;
  readonly failureQueue: ReadonlySet<string>;
  /** Captured with parts that were not sent. */
  readonly held: ReadonlySet<string>;
}

export const isVisible = (visible: Visible, eventId: string): boolean =>
  visible.deadLetters.has(eventId) || visible.failureQueue.has(eventId) || visible.held.has(eventId);
