import type { FunctionRun } from '../invocation.ts';
import type { Message } from './schedule.ts';

export type Hop = 'webhook' | 'worker' | 'sweeper';

/** One run of a function in a container. */
export interface Invocation extends FunctionRun {
  readonly hop: Hop;
  /** Place at which its process last stood still; -1: never. */
  frozenAt: number;
  /** Worker: whose record it wrote. */
  chat: number | undefined;
  /** Sweeper: conversations whose record it saw with a live lease. */
  readonly sawLeased: Set<string>;
}

/** A message that a user wrote, and what befell it. */
export class Inbound {
  /** Place at which Twilio first delivered it. */
  sentAt: number | undefined;
  /** Place at which Twilio got the answer 200. */
  acknowledgedAt: number | undefined;
  /** As staged: orders the messages of a turn. */
  receivedAt: string | undefined;
  receivedSeq: string | undefined;
  route: string | undefined;

  constructor(
    readonly sid: string,
    readonly text: string,
    readonly message: Message,
  ) {}

  /** Whether the engine has to do with it: it was stored, or Twilio was told so. */
  get isKnown(): boolean {
    return this.acknowledgedAt !== undefined || this.route !== undefined;
  }
}

/** A part that Twilio took. */
export interface Acceptance {
  readonly part: number;
  readonly sid: string;
  readonly text: string;
  /** Place in the world's order of happenings. */
  readonly at: number;
  readonly atMillis: number;
  readonly invocation: Invocation;
  /** Place at which this send was begun in the record. */
  readonly begunBefore: number;
}

/** A turn as the record showed it. */
export class Turn {
  /** The reply that was stored; undefined until then. */
  reply: string | undefined;
  decidedAt: number | undefined;
  /** As last seen. */
  parts: readonly string[] = [];
  /** `hand_off` as last seen. */
  ending: { readonly kind?: string; readonly rule?: string } | undefined;
  /** Part → place at which its send was last begun. */
  readonly begunAt = new Map<number, number>();
  readonly accepted: Acceptance[] = [];
  /** Sids that Twilio gave up, and the engine knows it. */
  readonly givenUp = new Set<string>();
  /** Sids of which a callback was sent, whether or not it got through. */
  readonly told = new Set<string>();
  /** Sid → place at which a callback that names it was answered with 204. */
  readonly reportedAt = new Map<string, number>();
  endedAt: number | undefined;

  constructor(
    readonly id: string,
    readonly chat: number,
    readonly sids: readonly string[],
    /** Place at which it was first stored. */
    readonly collectedAt: number,
  ) {}
}

/** What the world saw of one conversation. */
export class Chat {
  readonly turns: Turn[] = [];
  isOptedOut = false;
  /** How often it became so. */
  optOuts = 0;
  confirmations = 0;

  constructor(readonly number: number) {}
}
