import type { TwilioWebhook } from '../../recordings/twilio.ts';
import type { Person } from '../../replies/people.ts';
import type { TwilioMessage } from '../../stand-ins/twilio-messages.ts';
import type { PhoneMessage, Tone } from './model.ts';

/** Older messages are forgotten; a phone shows far fewer. */
const MAX_MESSAGES = 500;

/** A cold start on an emulator may take longer than Twilio would wait. */
const TIMEOUT_MILLIS = 30_000;

interface Written {
  readonly number: string;
  readonly message: PhoneMessage;
}

/** What people write, and what they get. */
export class Phones {
  private written: readonly Written[] = [];

  constructor(
    private readonly post: (webhook: TwilioWebhook, signal: AbortSignal) => Promise<Response>,
    private readonly sent: () => readonly TwilioMessage[],
  ) {}

  /** Posts the webhook; its answer is noted when it comes. */
  write(number: string, webhook: TwilioWebhook): void {
    const key = webhook.eventId;
    const { text } = webhook;
    this.note(number, { key, atMillis: Date.now(), side: 'mine', text, status: 'sending', tone: 'info' });
    void this.deliver(key, webhook);
  }

  private async deliver(key: string, webhook: TwilioWebhook): Promise<void> {
    const status = await this.answer(webhook);
    this.written = this.written.map((each) =>
      each.message.key === key
        ? {
            ...each,
            message: { ...each.message, status, tone: status === 'answered 200' ? 'good' : 'bad' },
          }
        : each,
    );
  }

  private async answer(webhook: TwilioWebhook): Promise<string> {
    try {
      const response = await this.post(webhook, AbortSignal.timeout(TIMEOUT_MILLIS));
      await response.arrayBuffer();
      return `answered ${response.status}`;
    } catch {
      return 'not answered';
    }
  }

  private note(number: string, message: PhoneMessage): void {
    this.written = [...this.written, { number, message }].slice(-MAX_MESSAGES);
  }

  /** A person's phone, oldest first. */
  of({ number }: Person): readonly PhoneMessage[] {
    const mine = this.written.flatMap((each) => (each.number === number ? each.message : []));
    const theirs = this.sent()
      .filter(({ to }) => to === `whatsapp:${number}`)
      .map(received);
    return [...mine, ...theirs].sort((one, other) => one.atMillis - other.atMillis);
  }
}

const TONES: Readonly<Record<string, Tone>> = {
  delivered: 'good',
  read: 'good',
  undelivered: 'bad',
  failed: 'bad',
};

/** A message of the company's on the phone. */
export const received = ({ sid, createdMillis, body, status, errorCode }: TwilioMessage): PhoneMessage => ({
  key: sid,
  atMillis: createdMillis,
  side: 'theirs',
  text: body,
  status: errorCode === undefined ? status : `${status}, error ${errorCode}`,
  tone: TONES[status] ?? 'info',
});
