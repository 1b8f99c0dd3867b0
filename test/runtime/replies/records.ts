import { TWILIO_TEST } from '../../../local/recordings/twilio.ts';
import { type Item, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';
import type { StagedRow } from '../../../runtime/replies/staged.ts';

/** The test data of contract replies §13, as the sister service and the webhook write it. */

export const COMPANY = TWILIO_TEST.companyNumber;
export const USER = TWILIO_TEST.userNumber;
export const CONVERSATION = 'ci-t-001#pi-t-001#00000000-0000-4000-8000-000000000001#15005550001';
/** The sid of form F. */
export const SID = `SM${'0'.repeat(31)}1`;
export const TWILIO_SECRET = 'twilio-credentials-whatsapp';
export const MODEL_SECRET = 'openai-api-key-replies-engine';
export const PROMPT = 'replies';

/** Record R, with what is given put in; undefined takes an attribute away. */
export const recordR = (more: JsonRecord = {}): Item =>
  storedItem({
    primary_channel: USER,
    conversation_id: CONVERSATION,
    conversation_status: 'template_sent',
    messages: [],
    ai_config: { api_key_reference: MODEL_SECRET, assistant_id_replies: PROMPT },
    channel_config: { company_whatsapp_number: COMPANY, whatsapp_credentials_id: TWILIO_SECRET },
    thread_id: null,
    openai_thread_id: null,
    created_at: '2026-11-21T09:00:00.000000+00:00Z',
    updated_at: '2026-11-21T09:00:01.000Z',
    initial_processing_time_ms: 812,
    task_complete: 0,
    hand_off_to_human: false,
    company_id: 'ci-t-001',
    project_id: 'pi-t-001',
    request_id: '00000000-0000-4000-8000-000000000001',
    company_name: 'Example Ltd',
    project_name: 'Viewing',
    project_status: 'active',
    allowed_channels: ['whatsapp', 'sms'],
    recipient_first_name: 'Ana',
    recipient_tel: USER,
    auto_queue_reply_message: false,
    auto_queue_reply_message_from_number: null,
    gsi_company_whatsapp_number: COMPANY,
    gsi_recipient_tel: USER,
    ...more,
  });

/** Variant RN: nested configs and a prefixed key. */
export const recordRN = (more: JsonRecord = {}): Item =>
  recordR({
    primary_channel: `whatsapp:${USER}`,
    ai_config: {
      openai_config: { whatsapp: { ai_api_key_reference: MODEL_SECRET, assistant_id_replies: PROMPT } },
    },
    channel_config: {
      whatsapp: { company_whatsapp_number: COMPANY, whatsapp_credentials_id: TWILIO_SECRET },
    },
    ...more,
  });

/** A row made by hand, with the mandatory attributes alone. */
export const stagedByHand = (more: JsonRecord = {}): Item =>
  storedItem({
    conversation_id: CONVERSATION,
    message_sid: SID,
    primary_channel: USER,
    received_at: '2026-11-21T10:00:00.000Z',
    body: 'Hi',
    expires_at: 1_800_000_000,
    ...more,
  });

/** A row as the webhook stages it. */
export const newStagedRow = (more: Partial<StagedRow> = {}): StagedRow => ({
  conversationId: CONVERSATION,
  messageSid: SID,
  primaryChannel: USER,
  receivedAt: '2026-11-21T10:00:00.000Z',
  receivedSeq: undefined,
  body: 'Hi',
  media: [],
  location: undefined,
  button: undefined,
  profileName: undefined,
  waId: undefined,
  replyToSid: undefined,
  route: 'channel',
  dueAtSeconds: undefined,
  sweptAt: undefined,
  isTold: false,
  traceparent: undefined,
  wish: undefined,
  ...more,
});
