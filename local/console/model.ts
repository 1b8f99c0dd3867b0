/** What the console's server tells its page. Ids, times and texts of the stand-in world; never a secret. */

export type Channel = 'whatsapp' | 'telegram';

/** Where something happened, in the order in which a message passes. */
export type Place = 'webhook' | 'ingress' | 'hand-off' | 'worker' | 'provider' | 'dead-letter';

export type Tone = 'info' | 'good' | 'warn' | 'bad';

/** One line of a message's time line. */
export interface Step {
  /** Milliseconds since 1970. */
  readonly atMillis: number;
  readonly place: Place;
  readonly title: string;
  readonly detail?: string;
  readonly tone: Tone;
  /** `decision`: the agent has answered, and the chat's stored history is another. */
  readonly kind?: 'decision';
  /** The delivery it belongs to, if that is known. */
  readonly traceId?: string;
}

/** A message that the user's phone shows. */
export interface ShownReply {
  readonly atMillis: number;
  readonly text: string;
  /** The platform's id of the message. */
  readonly messageId: string;
  /** The same part was accepted before. */
  readonly repeated: boolean;
}

/**
 * - `sending`: the webhook was posted, no answer yet; `working`: taken by the stack
 * - `answered`: every part accepted; `ignored`: a rule said not to answer
 * - `waiting`: an attempt failed and the message comes back; `dead`: it lies in the dead-letter queue
 * - `refused`: the provider refused the reply for good and it was kept for an operator
 * - `rejected`: the webhook was not taken
 */
export type MessageState =
  | 'sending'
  | 'working'
  | 'answered'
  | 'ignored'
  | 'waiting'
  | 'dead'
  | 'refused'
  | 'rejected';

/** A message that was written in the console, and all that became of it. */
export interface ConsoleMessage {
  readonly id: string;
  readonly channel: Channel;
  /** Telephone number or Telegram chat id. */
  readonly user: string;
  readonly text: string;
  readonly atMillis: number;
  readonly eventId: string;
  readonly state: MessageState;
  /** Trace ids of its deliveries, oldest first. */
  readonly traceIds: readonly string[];
  /** In order of time. */
  readonly steps: readonly Step[];
  readonly replies: readonly ShownReply[];
}

/** Messages that wait, as the queue service counts them; absent where there is no such queue. */
export interface QueueDepth {
  readonly waiting?: number;
  readonly deadLetters?: number;
}

/** A way to make a platform fail, as the menu shows it. */
export interface FaultChoice {
  readonly id: string;
  readonly title: string;
  /** What hookline does about it. */
  readonly effect: string;
}

export interface BotView {
  readonly channel: Channel;
  readonly busyPolicy: string;
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly faults: readonly FaultChoice[];
  /** The `id` of the fault that is played now. */
  readonly activeFault: string | undefined;
  readonly depth: QueueDepth;
  /** Logs and queues cannot be read since then, milliseconds since 1970; absent while they can. */
  readonly staleSinceMillis?: number | undefined;
}

/** Everything that is not a message. */
export interface ConsoleState {
  /** The emulator, `ministack` or another. */
  readonly backend: string;
  /** Whether the console has a page of the reply engine, too. */
  readonly hasReplies: boolean;
  readonly bots: readonly BotView[];
}

/** A row of a chat's history as it is stored in S3. */
export interface HistoryRowView {
  readonly number: number;
  readonly role: string;
  readonly text: string;
  /** UTC, `YYYY-MM-DD hh:mm:ss`. */
  readonly timestamp: string;
  /** Of a user's row. */
  readonly eventId?: string;
}

export interface HistoryView {
  readonly key: string;
  readonly bytes: number;
  readonly rows: readonly HistoryRowView[];
}
