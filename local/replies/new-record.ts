import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { storedItem } from '../../runtime/core/dynamodb-values.ts';
import type { RecordKey } from '../../runtime/replies/record.ts';
import { PROMPT } from './engine.ts';
import { COMPANY_NUMBER, type Person } from './people.ts';
import { SECRET_NAMES } from './secrets.ts';

const digits = (number: string) => number.replaceAll(/\D/g, '');

/** Key of a person's one conversation here. */
export const recordKey = ({ number }: Person): RecordKey => ({
  primaryChannel: number,
  conversationId: `demo#stand#${digits(number)}#${digits(COMPANY_NUMBER)}`,
});

/** The record as the sister service writes it when it has sent its template (contract replies §4.1). */
export function newRecord(person: Person, nowMillis: number) {
  const { primaryChannel, conversationId } = recordKey(person);
  const now = new Date(nowMillis).toISOString();
  return {
    primary_channel: primaryChannel,
    conversation_id: conversationId,
    conversation_status: 'template_sent',
    messages: [],
    ai_config: { api_key_reference: SECRET_NAMES.model, assistant_id_replies: PROMPT },
    channel_config: {
      company_whatsapp_number: COMPANY_NUMBER,
      whatsapp_credentials_id: SECRET_NAMES.twilio,
    },
    thread_id: null,
    openai_thread_id: null,
    created_at: now,
    updated_at: now,
    task_complete: 0,
    hand_off_to_human: false,
    company_id: 'demo',
    project_id: 'stand',
    request_id: digits(person.number),
    company_name: 'Harbour Hotel',
    project_name: 'your stay',
    project_data: { city: 'Lisbon' },
    project_status: 'active',
    allowed_channels: ['whatsapp'],
    channel_method: 'whatsapp',
    recipient_first_name: person.name,
    recipient_tel: person.number,
    auto_queue_reply_message: false,
    auto_queue_reply_message_from_number: null,
    gsi_company_whatsapp_number: COMPANY_NUMBER,
    gsi_recipient_tel: person.number,
  };
}

/** Begins a person's conversation; one that is there stays as it is. Resolves to whether it is new. */
export async function beginConversation(
  dynamodb: DynamoDBClient,
  TableName: string,
  person: Person,
): Promise<boolean> {
  const Item = storedItem(newRecord(person, Date.now()));
  const ConditionExpression = 'attribute_not_exists(conversation_id)';
  try {
    await dynamodb.send(new PutItemCommand({ TableName, Item, ConditionExpression }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
