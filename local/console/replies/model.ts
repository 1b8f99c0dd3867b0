/** What the console's server tells the page of the reply engine. Numbers are masked unless the page asks otherwise. */

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/** A message on the person's phone. */
export interface PhoneMessage {
  readonly key: string;
  readonly atMillis: number;
  readonly side: 'mine' | 'theirs';
  readonly text: string;
  /** Mine: what the webhook was answered. Theirs: what Twilio says of the delivery. */
  readonly status: string;
  readonly tone: Tone;
}

export type Tone = 'info' | 'good' | 'warn' | 'bad';

/** An entry of the record. */
export interface EntryView {
  readonly key: string;
  readonly role: string;
  readonly at: string;
  readonly text: string;
  readonly deliveryStatus?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly tokens?: number | undefined;
}

export interface PendingTurnView {
  readonly turnId: string;
  readonly state: string;
  readonly parts: readonly {
    readonly text: string;
    readonly sid?: string | undefined;
    readonly begun: boolean;
  }[];
}

export interface RecordView {
  readonly conversationId: string;
  readonly status: string;
  readonly updatedAt: string;
  readonly handOffReason?: string | undefined;
  readonly isHandedOff: boolean;
  readonly isOptedOut: boolean;
  readonly failureReason?: string | undefined;
  readonly turnAttempts: number;
  readonly archivedCount: number;
  /** Present only while a worker has it. */
  readonly lease?:
    | { readonly owner: string; readonly fence: number; readonly expiresAtMillis: number }
    | undefined;
  readonly pendingTurn?: PendingTurnView | undefined;
  /** When the trigger lock is over, milliseconds since 1970. */
  readonly lockUntilMillis?: number | undefined;
  /** Oldest first. */
  readonly entries: readonly EntryView[];
}

export interface StagedRowView {
  readonly messageSid: string;
  readonly receivedAt: string;
  readonly route: string;
  readonly text: string;
}

/** A message of the human queue. */
export interface HandOffView {
  /** The queue's id of it. */
  readonly id: string;
  readonly name: string;
  readonly number: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly text: string;
  readonly draft?: string | undefined;
}

/** A line of level CRITICAL. */
export interface CriticalLine {
  readonly key: string;
  readonly at: string;
  readonly functionName: string;
  readonly event: string;
  /** What else the line says, in a few words. */
  readonly detail: string;
}

export interface QueueDepths {
  readonly triggers: number;
  readonly deadLetters: number;
  readonly humans: number;
}

/** A way to make a provider fail, as the menu shows it. */
export interface FaultView {
  readonly id: string;
  readonly provider: 'twilio' | 'model';
  readonly title: string;
  /** What the engine does about it. */
  readonly effect: string;
}

/** Everything that the page shows, about one person's conversation. */
export interface RepliesView {
  readonly backend: string;
  /** Whether the console has a page of bots, too. */
  readonly hasBots: boolean;
  readonly people: readonly PersonView[];
  /** The person whose conversation is shown. */
  readonly person: string;
  readonly phone: readonly PhoneMessage[];
  readonly record: RecordView | undefined;
  readonly staged: readonly StagedRowView[];
  readonly handOffs: readonly HandOffView[];
  readonly critical: readonly CriticalLine[];
  readonly depths: QueueDepths;
  readonly faults: readonly FaultView[];
  /** Of the faults that are still to be played. */
  readonly activeFaults: readonly string[];
  readonly callbackOrder: string;
}
