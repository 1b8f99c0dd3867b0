import { createHash } from 'node:crypto';

/** 32 hex digits that name a turn: the same messages of a conversation always give the same (contract replies §4.3). */
export const turnIdOf = (conversationId: string, messageSids: readonly string[]): string =>
  createHash('sha256')
    .update(`${conversationId}|${[...messageSids].sort().join(',')}`)
    .digest('hex')
    .slice(0, 32);
