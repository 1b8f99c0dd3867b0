import type { TwilioAccount } from '../channels/twilio/account.ts';
import { RepliesError } from './errors.ts';
import type { Conversation } from './record.ts';
import type { Secrets } from './secrets.ts';

/**
 * The company's account at Twilio, from the secret that the record names. `fresh`: the last one was refused, so the
 * secret is read anew. Throws `RepliesError`.
 */
export async function twilioAccount(
  { credentialsReference }: Pick<Conversation, 'credentialsReference'>,
  secrets: Pick<Secrets, 'twilio' | 'forget'>,
  baseUrl: string,
  fresh = false,
): Promise<TwilioAccount> {
  if (credentialsReference === undefined)
    throw new RepliesError(
      'MISSING_CREDENTIAL_CONFIG',
      'The conversation names no secret with Twilio credentials: set whatsapp_credentials_id in its channel_config',
      'hold',
    );
  if (fresh) secrets.forget(credentialsReference);
  const { accountSid, authToken, apiKey } = await secrets.twilio(credentialsReference);
  return { accountSid, authToken, baseUrl, ...(apiKey && { apiKey }) };
}
