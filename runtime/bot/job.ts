import { createHash } from 'node:crypto';

export type Provider = 'whatsapp' | 'telegram';

/**
 * One message of one chat on its way to the worker. The first five fields are the wire format of contract
 * bot §8; the rest are ours, under their own version `v`.
 */
export interface Job {
  readonly maws_job_version: 1;
  readonly provider: Provider;
  readonly bot_type: Provider;
  readonly chat_id: string;
  readonly event_id: string;
  /** What the provider sent, reduced to this one message. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly v: 1;
  /** The payload is an object below `jobs/`, and empty here (contract bot §6.3). */
  readonly stored?: true;
  readonly job_kind: 'turn' | 'notice';
  /** What a `notice` job tells; its worker sends that text at most once an hour (contract bot §7.9). */
  readonly notice?: NoticeReason;
  readonly user_id: string;
  /** The provider's time of the message, ISO 8601. */
  readonly sent_at: string;
  /** W3C trace context of the webhook request. */
  readonly traceparent: string;
}

export type NoticeReason = 'rate_limited' | 'unsupported';

/** The body of a queue message and the payload of an asynchronous invocation. */
export interface JobEnvelope {
  readonly maws_job: Job;
}

const PLAIN_ID = /^[A-Za-z0-9_.-]+$/;

/** An id as part of an S3 key or a queue group (contract bot §10). */
export function safeId(id: string): string {
  if (id === '') return 'u_empty';
  const plain = PLAIN_ID.test(id) && id !== '.' && !id.includes('..') && !id.startsWith('u_');
  return plain ? id : `u_${Buffer.from(id, 'utf8').toString('base64url')}`;
}

/** `safeId` undone: the chat id inside a history key `<prefix>/<safe id>.sqlite`; undefined for another object. */
export function chatOfKey(key: string, prefix: string): string | undefined {
  if (!key.startsWith(`${prefix}/`) || !key.endsWith('.sqlite')) return undefined;
  const safe = key.slice(prefix.length + 1, -'.sqlite'.length);
  if (safe === 'u_empty') return '';
  const chatId = safe.startsWith('u_') ? Buffer.from(safe.slice(2), 'base64url').toString('utf8') : safe;
  return safeId(chatId) === safe ? chatId : undefined;
}

/**
 * Same event, same id, whatever else in the payload changed. 64 hex characters. A notice is none of the event's
 * own: if that passes after all, the queue must not take its job for the notice's repetition.
 */
export const deduplicationId = ({ provider, chat_id, event_id, job_kind, notice }: Job): string => {
  const parts = [provider, chat_id, event_id, ...(job_kind === 'notice' ? [job_kind, notice] : [])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
};
