import { secretsEqual } from '../../core/constant-time.ts';

/** Whether `X-Telegram-Bot-Api-Secret-Token` is the secret given to `setWebhook`. */
export const carriesSecret = (header: string | undefined, secretToken: string): boolean =>
  secretsEqual(header, secretToken);
