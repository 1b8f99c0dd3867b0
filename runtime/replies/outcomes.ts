import type { HttpAnswer } from '../core/http-event.ts';
import type { WebhookCode } from './errors.ts';
import type { RepliesMetric } from './metric-names.ts';

/** What a webhook can come to besides an accepted message (contract replies §3.5). */
export interface Outcome {
  readonly status: number;
  readonly level: 'info' | 'warn' | 'error' | 'critical';
  /** Name of the metric that counts it. */
  readonly metric?: RepliesMetric;
  /** The rule that decided, where it is not `<class>:<code>`. */
  readonly rule?: string;
}

const CRITICAL_503: Outcome = { status: 503, level: 'critical' };
const TRANSIENT_503: Outcome = { status: 503, level: 'error' };

/** Code → answer, level, metric and rule: what can occur of the table of contract replies §3.5. */
export const OUTCOMES = {
  PARSING_ERROR: { status: 400, level: 'warn' },
  UNKNOWN_CHANNEL: { status: 404, level: 'warn' },
  NOT_FOUND: { status: 403, level: 'warn', metric: 'CredentialLookupNotFoundCount' },
  INVALID_SIGNATURE: {
    status: 403,
    level: 'critical',
    metric: 'InvalidSignatureCount',
    rule: 'invalid_signature',
  },
  CONVERSATION_NOT_FOUND: {
    status: 200,
    level: 'warn',
    metric: 'UnknownConversation',
    rule: 'no_conversation',
  },
  PROJECT_INACTIVE: { status: 200, level: 'warn', metric: 'ProjectInactive', rule: 'project_inactive' },
  CHANNEL_NOT_ALLOWED: {
    status: 200,
    level: 'warn',
    metric: 'ChannelNotAllowed',
    rule: 'channel_not_allowed',
  },
  MISSING_CREDENTIAL_CONFIG: CRITICAL_503,
  SECRET_FETCH_FAILED: { ...CRITICAL_503, metric: 'SecretFetchFailedCount' },
  SECRET_FETCH_TRANSIENT_ERROR: TRANSIENT_503,
  DB_TRANSIENT_ERROR: TRANSIENT_503,
  STAGE_DB_TRANSIENT_ERROR: TRANSIENT_503,
  TRIGGER_DB_TRANSIENT_ERROR: TRANSIENT_503,
  DB_CONFIG_ERROR: CRITICAL_503,
  DB_VALIDATION_ERROR: CRITICAL_503,
  DB_QUERY_ERROR: CRITICAL_503,
  DB_GET_ITEM_ERROR: CRITICAL_503,
  DB_UPDATE_ERROR: CRITICAL_503,
  STAGE_WRITE_ERROR: CRITICAL_503,
  TRIGGER_LOCK_WRITE_ERROR: CRITICAL_503,
  SQS_TRANSIENT_ERROR: TRANSIENT_503,
  SQS_CONFIG_ERROR: CRITICAL_503,
  SQS_PARAMETER_ERROR: CRITICAL_503,
  SQS_SEND_ERROR: CRITICAL_503,
  APPEND_CONFLICT: TRANSIENT_503,
  INTERNAL_ERROR: CRITICAL_503,
} as const satisfies Readonly<Record<WebhookCode, Outcome>>;

/** Twilio takes the empty document as "nothing to say"; no text ever stands in it. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** The answer to an accepted message, and to one that nobody will answer. */
export const twimlAnswer: HttpAnswer = {
  statusCode: 200,
  headers: { 'content-type': 'text/xml' },
  body: EMPTY_TWIML,
};

/** A status callback was taken (contract replies §12.7). */
export const noContent: HttpAnswer = { statusCode: 204, headers: {}, body: '' };

/** The answer for a status of the table: the empty document, or no body at all. */
export const answerOf = (statusCode: number): HttpAnswer =>
  statusCode === 200 ? twimlAnswer : { statusCode, headers: {}, body: '' };
