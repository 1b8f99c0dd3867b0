import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { AwsCallError } from '../core/errors.ts';
import { asText, isRecord, type JsonRecord } from '../core/json.ts';
import { KeptSecrets } from '../core/secrets-manager.ts';
import { RepliesError } from './errors.ts';

export interface TwilioCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  /** Also accepted on webhooks while tokens are exchanged. */
  readonly secondaryAuthToken: string | undefined;
  /** Calls the API in place of the token. */
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined;
}

export interface ModelKey {
  readonly apiKey: string;
  /** Everything in the secret: other providers may need more. */
  readonly values: JsonRecord;
}

/**
 * Secrets by name or ARN, kept for 300 s (contract replies §6). Throws `RepliesError`: transient, or hold where an
 * operator must act.
 */
export interface Secrets {
  twilio(reference: string): Promise<TwilioCredentials>;
  model(reference: string): Promise<ModelKey>;
  /** The next read asks again: for a credential that was refused. */
  forget(reference: string): void;
}

const KEPT_MILLIS = 300_000;

/** Keep it between invocations. */
export function secretsManager(client: AwsClient, clock: Clock): Secrets {
  const kept = new KeptSecrets({ client, clock, keptMillis: KEPT_MILLIS, shape: secretValues });
  /** What does not fit is not kept: it is asked for again once it was mended. */
  const readAs = async <T>(reference: string, shape: (values: JsonRecord) => T): Promise<T> => {
    const values = await kept.read(reference).catch((error: unknown) => {
      throw secretError(error);
    });
    try {
      return shape(values);
    } catch (error) {
      kept.forget(reference);
      throw error;
    }
  };
  return {
    twilio: (reference) => readAs(reference, twilioCredentials),
    model: (reference) => readAs(reference, modelKey),
    forget: (reference) => kept.forget(reference),
  };
}

const unusable = (what: string): RepliesError => new RepliesError('SECRET_FETCH_FAILED', what, 'hold');

function twilioCredentials(values: JsonRecord): TwilioCredentials {
  const accountSid = text(values.twilio_account_sid);
  const authToken = text(values.twilio_auth_token);
  if (accountSid === undefined || authToken === undefined)
    throw unusable('The Twilio secret must be JSON with twilio_account_sid and twilio_auth_token');
  const [sid, secret] = [text(values.twilio_api_key_sid), text(values.twilio_api_key_secret)];
  return {
    accountSid,
    authToken,
    secondaryAuthToken: text(values.twilio_auth_token_secondary),
    apiKey: sid !== undefined && secret !== undefined ? { sid, secret } : undefined,
  };
}

function modelKey(values: JsonRecord): ModelKey {
  const apiKey = text(values.ai_api_key);
  if (apiKey === undefined) throw unusable('The model secret must be JSON with ai_api_key');
  return { apiKey, values };
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? asText(value.trim()) : undefined;

function secretValues(stored: string | undefined): JsonRecord {
  if (stored === undefined) throw unusable('The secret is binary; it must be JSON text');
  const values = parsed(stored);
  if (!values) throw unusable('The secret is not a JSON object');
  return values;
}

/** The parser's own message quotes what it read. */
function parsed(stored: string): JsonRecord | undefined {
  try {
    const values: unknown = JSON.parse(stored);
    return isRecord(values) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** Whatever is not transient is for an operator: the name, the rights, the key of the secret. */
function secretError(error: unknown): unknown {
  if (!(error instanceof AwsCallError)) return error;
  if (error.errorClass === 'transient')
    return new RepliesError('SECRET_FETCH_TRANSIENT_ERROR', error.message, 'transient', { cause: error });
  const advice = 'check that the secret exists and that the function may read it';
  return new RepliesError('SECRET_FETCH_FAILED', `${error.message}: ${advice}`, 'hold', { cause: error });
}
