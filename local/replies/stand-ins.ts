import type { ModelStandIn } from '../stand-ins/model-server.ts';
import { createResponsesStandIn } from '../stand-ins/openai-responses.ts';
import { createTwilioStandIn, type TwilioStandIn } from '../stand-ins/twilio.ts';
import { COMPANY_NUMBER } from './people.ts';
import type { RepliesSecrets } from './secrets.ts';

/** The providers of a reply engine. */
export interface RepliesStandIns {
  readonly twilio: TwilioStandIn;
  readonly model: ModelStandIn;
}

export const createRepliesStandIns = ({
  accountSid,
  authToken,
  modelKey,
}: RepliesSecrets): RepliesStandIns => ({
  twilio: createTwilioStandIn({ accountSid, authToken, senders: [COMPANY_NUMBER] }),
  model: createResponsesStandIn({ apiKey: modelKey, reply: modelReply }),
});

const ASKS_FOR_PERSON = /\b(person|human|somebody|someone|agent)\b/i;

/** What the stand-in's model says: what it was told, or that a person takes over. */
export function modelReply(text: string): string {
  const asks = ASKS_FOR_PERSON.test(text);
  return JSON.stringify({
    content: asks ? 'A colleague will write to you here.' : `You said: ${text}`,
    hand_off_to_human: asks,
    hand_off_to_human_reason: asks ? 'the guest asked for a person' : null,
    task_complete: 0,
  });
}
