import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { type Item, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { Prompts } from '../../../runtime/models/prompts.ts';
import { PROMPT, recordR } from '../../runtime/replies/records.ts';
import { VARIABLES } from '../../runtime/replies/world-setup.ts';
import type { Scenario } from './schedule.ts';

export const MODEL_HOST = 'model.example';

/** The interval that the contract recommends: a crash is picked up within 60 s. */
export const HEARTBEAT_MILLIS = 30_000;

/** The adapter without a vendor's package: thousands of turns are run. */
export const PROMPTS: Prompts = {
  byReference: new Map([
    [
      PROMPT,
      {
        id: PROMPT,
        version: '1',
        provider: 'openai-compatible' as const,
        model: 'simulated',
        instructions: 'Answer.',
        baseUrl: `https://${MODEL_HOST}/v1`,
        images: false,
      },
    ],
  ]),
};

export const environmentOf = ({ policy, isLarge }: Scenario): Readonly<Record<string, string>> => ({
  ...VARIABLES,
  LOG_LEVEL: 'INFO',
  SQS_HEARTBEAT_INTERVAL_MS: String(HEARTBEAT_MILLIS),
  SEND_AMBIGUITY_POLICY: policy,
  PUBLIC_WEBHOOK_URL: TWILIO_TEST.url,
  ...(isLarge && { ARCHIVE_AT_BYTES: '45000' }),
});

export const userNumber = (chat: number): string => `+1500555010${chat}`;
export const conversationId = (chat: number): string => `ci-t-001#pi-t-001#chat-${chat}#15005550001`;

/** 45 entries of 1,000 characters. */
const LONG_HISTORY = Array.from({ length: 45 }, (_, index) => ({
  message_id: `SMold${index}`,
  message_sids: [`SMold${index}`],
  timestamp: '2026-11-20T10:00:00.000Z',
  role: 'user',
  content: 'x'.repeat(1000),
}));

/** The record of a chat as the sister service left it. */
export function recordOf(chat: number, { queued, isLarge }: Scenario): Item {
  const number = userNumber(chat);
  return {
    ...recordR(),
    ...storedItem({
      primary_channel: number,
      conversation_id: conversationId(chat),
      recipient_tel: number,
      gsi_recipient_tel: number,
      auto_queue_reply_message: queued.includes(chat),
      ...(isLarge && { messages: LONG_HISTORY }),
    }),
  };
}
