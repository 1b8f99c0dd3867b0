import type { Conversation } from './record.ts';

/** What a person gets to see of a conversation that was handed to them (contract replies §5.1). */
export interface HumanMessage {
  readonly conversation: Conversation;
  readonly messageSids: readonly string[];
  readonly receivedAt: string;
  readonly body: string;
  readonly reason: string;
  /** What the model would have answered, or what of the reply was not sent. */
  readonly draftReply?: string;
}

/** The human queue. Throws `RepliesError` by class. */
export interface HumanQueue {
  send(message: HumanMessage): Promise<void>;
}
