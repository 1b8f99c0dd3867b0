import type { JsonRecord } from '../core/json.ts';

export interface TwilioCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  /** Also accepted on webhooks while tokens are exchanged. */
  readonly secondaryAuthToken: string | undefined;
  readonly templateSid: string | undefined;
  readonly apiKey: { readonly sid: string; readonly secret: string } | undefined;
}

export interface ModelKey {
  readonly apiKey: string;
  /** Everything in the secret: other providers may need more. */
  readonly values: JsonRecord;
}

/** Secrets by name or ARN, kept for 300 s. Throws `RepliesError`: transient, or hold where an operator must act. */
export interface Secrets {
  twilio(reference: string): Promise<TwilioCredentials>;
  model(reference: string): Promise<ModelKey>;
  /** The next read asks again: for a credential that was refused. */
  forget(reference: string): void;
}
