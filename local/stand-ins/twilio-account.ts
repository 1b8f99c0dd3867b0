import { type TwilioWebhook, twilioStatusWebhook } from '../recordings/twilio.ts';
import type { HeldMedia } from './media-shelf.ts';
import { TwilioMedia } from './twilio-media.ts';
import { type TwilioMessage, twilioSid } from './twilio-messages.ts';

export interface TwilioStandInOptions {
  /** Other accounts are refused; by default any is taken. */
  readonly accountSid?: string;
  /** Other tokens are refused; by default any is taken. Status callbacks are signed with it. */
  readonly authToken?: string;
  /** Numbers that may send, without prefix; by default any. */
  readonly senders?: readonly string[];
  /** How long a new message is missing in the list; default 0. */
  readonly listLagMillis?: number;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** A message to be kept; what is not given is made. */
export type NewMessage = Partial<TwilioMessage> & Pick<TwilioMessage, 'from' | 'to' | 'body'>;

const MAX_MESSAGES = 5000;

/** What one account has sent and been sent. */
export class TwilioStandInAccount {
  messages: TwilioMessage[] = [];
  readonly media = new TwilioMedia();
  private count = 0;
  private readonly startedMillis: number;

  constructor(
    private readonly options: TwilioStandInOptions,
    readonly nowMillis: () => number,
  ) {
    this.startedMillis = nowMillis();
  }

  add(message: NewMessage): TwilioMessage {
    this.count += 1;
    const added: TwilioMessage = {
      sid: twilioSid('SM', `${this.startedMillis}:${this.count}`),
      statusCallback: undefined,
      createdMillis: this.nowMillis(),
      status: 'queued',
      sentMillis: undefined,
      errorCode: undefined,
      ...message,
    };
    this.messages = [...this.messages, added].slice(-MAX_MESSAGES);
    return added;
  }

  hold(media: HeldMedia): string {
    return this.media.hold(media, this.options.accountSid ?? ANY_ACCOUNT);
  }

  /** What the list shows by now. */
  get listed(): readonly TwilioMessage[] {
    const until = this.nowMillis() - (this.options.listLagMillis ?? 0);
    return this.messages.filter(({ createdMillis }) => createdMillis <= until);
  }

  report(sid: string, status: string, errorCode?: number): TwilioWebhook | undefined {
    const found = this.messages.find((message) => message.sid === sid);
    if (!found) throw new Error('The stand-in has no such message.');
    const sentMillis = found.sentMillis ?? (status === 'queued' ? undefined : this.nowMillis());
    const changed = { ...found, status, sentMillis, errorCode: errorCode ?? found.errorCode };
    this.messages = this.messages.map((message) => (message === found ? changed : message));
    const { statusCallback: url, from, to } = found;
    if (url === undefined) return undefined;
    const { accountSid = ANY_ACCOUNT, authToken = '' } = this.options;
    return twilioStatusWebhook({ url, authToken, accountSid, from, to, messageSid: sid, status, errorCode });
  }
}

const ANY_ACCOUNT = `AC${'0'.repeat(32)}`;
