import { asRecord, asText, type JsonRecord } from '../../core/json.ts';

/** The topic of a job's chat, so that what is sent stays in it (contract bot §8). */
export function topicOf(payload: JsonRecord): { readonly message_thread_id?: number } {
  const message = asRecord(payload.message ?? asRecord(payload.callback_query).message);
  const { message_thread_id: id, is_topic_message: isInTopic } = message;
  return isInTopic === true && typeof id === 'number' ? { message_thread_id: id } : {};
}

/** What a job's payload must keep so that its chat's topic is found again. */
export function addressIn(payload: JsonRecord): JsonRecord {
  const topic = topicOf(payload);
  return { message: topic.message_thread_id === undefined ? {} : { ...topic, is_topic_message: true } };
}

/** A quotation that does not stand in the way when the quoted message is gone. */
export function quoteOf(messageId: string | undefined) {
  const id = Number(asText(messageId) ?? Number.NaN);
  if (!Number.isSafeInteger(id)) return {};
  return { reply_parameters: { message_id: id, allow_sending_without_reply: true } };
}
