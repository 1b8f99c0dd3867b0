import type { MessageEvidence } from './evidence.ts';
import type { MessageTrace } from './model.ts';
import { stepsOf } from './steps.ts';
import { verdictOf } from './verdict.ts';

/** The time line and the verdict of one message, from all that is known of it. */
export const explain = (evidence: MessageEvidence): MessageTrace => ({
  eventId: evidence.eventId ?? evidence.loggedId,
  provider: evidence.provider,
  ...(evidence.chatId !== undefined && { chatId: evidence.chatId }),
  steps: stepsOf(evidence),
  verdict: verdictOf(evidence),
});
