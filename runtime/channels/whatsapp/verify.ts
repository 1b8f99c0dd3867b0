import { createHmac } from 'node:crypto';
import { secretsEqual } from '../../core/constant-time.ts';

/** Whether `X-Hub-Signature-256` is the app secret's HMAC over the bytes as they came (contract bot §6.2). */
export function isSignedByMeta(rawBody: Buffer, header: string | undefined, appSecret: string): boolean {
  const given = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1]?.toLowerCase();
  return secretsEqual(given, createHmac('sha256', appSecret).update(rawBody).digest('hex'));
}

/** The challenge to echo when Meta registers the webhook; undefined when the request is not to be trusted. */
export function acceptedChallenge(
  query: Readonly<Record<string, string>>,
  verifyToken: string,
): string | undefined {
  if (query['hub.mode'] !== 'subscribe' || !secretsEqual(query['hub.verify_token'], verifyToken))
    return undefined;
  return query['hub.challenge'] ?? '';
}
