import type { FormFields } from '../channels/twilio/form.ts';
import { isSignedByTwilio } from '../channels/twilio/verify.ts';
import { RepliesError } from './errors.ts';
import type { TwilioCredentials } from './secrets.ts';
import type { WebhookPorts } from './webhook-ports.ts';

/** A form that says it comes from Twilio, for one of the companies' numbers. */
export interface ClaimedForm {
  readonly fields: FormFields;
  readonly signature: string | undefined;
  /** The addresses that may have been signed. */
  readonly urls: readonly string[];
  readonly accountSid: string;
  /** Without a prefix. */
  readonly companyNumber: string;
}

type AuthenticatePorts = Pick<WebhookPorts, 'conversations' | 'secrets'>;

/**
 * The credentials of the company, once they have proved the form (contract replies §3.1 steps 3 and 4). Nothing of a
 * user is looked up before. Throws `RepliesError`.
 */
export async function authenticate(
  { companyNumber, accountSid, ...request }: ClaimedForm,
  { conversations, secrets }: AuthenticatePorts,
): Promise<TwilioCredentials> {
  const found = await conversations.credentials(companyNumber);
  if (found.status === 'unknown')
    throw new RepliesError('NOT_FOUND', 'No conversation has this company number', 'permanent');
  if (found.reference === undefined)
    throw new RepliesError(
      'MISSING_CREDENTIAL_CONFIG',
      'The record names no Twilio credentials: set whatsapp_credentials_id in its channel_config',
      'hold',
    );
  const credentials = await secrets.twilio(found.reference);
  const tokens = [credentials.authToken, credentials.secondaryAuthToken ?? ''];
  if (!isSignedByTwilio(request, tokens)) throw invalid('The signature is missing or wrong');
  if (accountSid !== credentials.accountSid) throw invalid('The form names another account than the secret');
  return credentials;
}

const invalid = (fault: string) =>
  new RepliesError(
    'INVALID_SIGNATURE',
    `${fault}: check PUBLIC_WEBHOOK_URL and the auth token, if the request was Twilio's`,
    'permanent',
  );
