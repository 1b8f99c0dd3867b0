import type { Clock } from '../core/clock.ts';
import type { Notices } from './webhook-ports.ts';

/** A user's request waits for the notice, and Twilio for the answer. */
const TIMEOUT_SECONDS = 3;

export interface NoticeNet {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly baseUrl: string;
}

/** Notices through Twilio's Messages API; its code is loaded with the first one. */
export const twilioNotices = ({ baseUrl, ...net }: NoticeNet): Notices => ({
  async send({ credentials: { accountSid, authToken, apiKey }, ...text }) {
    const { sendText } = await import('../channels/twilio/send.ts');
    const account = { accountSid, authToken, baseUrl, ...(apiKey && { apiKey }) };
    const deadlineMillis = net.clock.nowMillis() + TIMEOUT_SECONDS * 1000;
    await sendText({ ...net, timeoutSeconds: TIMEOUT_SECONDS }, account, text, { deadlineMillis });
  },
});
