import { HooklineError } from '../../core/errors.ts';

/** Why nothing was sent, by the word that programs look at (contract bot §2). */
const REASONS = {
  window_closed:
    'the user has not written in the last 24 hours, and WhatsApp takes nothing but an approved template then',
  blocked: 'the user has blocked the bot and not written since',
  key_in_use: 'the key was used for another chat or long ago; a key names one message',
  bad_message: 'the message cannot be sent',
} as const;

export type NotSentReason = keyof typeof REASONS;

/** Nothing was sent and nothing was stored. `code` is the reason; the same call again changes nothing. */
export class NotSentError extends HooklineError {
  override name = 'NotSentError';
  constructor(code: NotSentReason, detail: string) {
    super(`Not sent (${code}): ${detail}`, 'permanent', { code });
  }
}

/** The error for a reason, in the reason's own words or in those of what is wrong with the message. */
export const notSent = (reason: NotSentReason, detail?: string): NotSentError =>
  new NotSentError(reason, detail ?? REASONS[reason]);
