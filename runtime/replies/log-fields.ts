import { keyedHash, type LogFields } from '../core/log.ts';
import type { RepliesConfig } from './config.ts';

type HashKey = Pick<RepliesConfig, 'logHashKey'>;

/** Which conversation a log line is about; a conversation's id holds a number, so only its hash is written. */
export const conversationFields = (conversationId: string, { logHashKey }: HashKey): LogFields => ({
  conversation_ref: keyedHash(logHashKey, conversationId),
});

/** A sid as it may stand in a log: who sent it has not been proved yet, and might write a number in its place. */
export const loggedSid = (sid: string | undefined): string | undefined =>
  sid === undefined || /^(SM|MM)[0-9a-f]{32}$/.test(sid) ? sid : 'malformed';
