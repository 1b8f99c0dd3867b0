import { setTimeout as delay } from 'node:timers/promises';
import type { TwilioWebhook } from '../recordings/twilio.ts';
import type { TwilioStandIn } from '../stand-ins/twilio.ts';

interface Report {
  readonly status: string;
  readonly errorCode?: number;
}

/** In which order Twilio reports what became of a message; `none`: it does not. */
export const CALLBACK_ORDERS = {
  usual: [{ status: 'sent' }, { status: 'delivered' }, { status: 'read' }],
  reversed: [{ status: 'read' }, { status: 'delivered' }, { status: 'sent' }],
  undelivered: [{ status: 'sent' }, { status: 'undelivered', errorCode: 63024 }],
  none: [],
} as const satisfies Readonly<Record<string, readonly Report[]>>;

export type CallbackOrder = keyof typeof CALLBACK_ORDERS;

export const isCallbackOrder = (text: unknown): text is CallbackOrder =>
  typeof text === 'string' && Object.hasOwn(CALLBACK_ORDERS, text);

/** Between the message and its first report, and between two. */
const PAUSE_MILLIS = 700;
const LOOK_MILLIS = 50;

/** Reports of Twilio about its messages, posted to the deployed status address. */
export interface Callbacks {
  order: CallbackOrder;
  /** Ends when the last report under way has been posted. */
  stop(): Promise<void>;
}

/** Reports on every message that the stand-in accepts from now on; `post` delivers a signed callback. */
export function sendCallbacks(
  twilio: TwilioStandIn,
  post: (webhook: TwilioWebhook) => Promise<unknown>,
  pauseMillis = PAUSE_MILLIS,
): Callbacks {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const seen = new Set(twilio.messages.map(({ sid }) => sid));
  const callbacks = { order: 'usual' as CallbackOrder, stop };
  const report = async (sid: string, reports: readonly Report[]) => {
    for (const { status, errorCode } of reports) {
      await delay(pauseMillis, undefined, { signal: stopping.signal });
      const webhook = twilio.report(sid, status, errorCode);
      // As with Twilio, a report that is not taken is lost.
      if (webhook) await post(webhook).catch(() => undefined);
    }
  };
  const look = setInterval(() => {
    for (const { sid } of twilio.messages.filter((message) => !seen.has(message.sid))) {
      seen.add(sid);
      const reporting = report(sid, CALLBACK_ORDERS[callbacks.order])
        .catch(() => undefined)
        .finally(() => underWay.delete(reporting));
      underWay.add(reporting);
    }
  }, LOOK_MILLIS).unref();
  async function stop(): Promise<void> {
    clearInterval(look);
    stopping.abort();
    await Promise.all(underWay);
  }
  return callbacks;
}
