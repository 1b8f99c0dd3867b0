import type { IncomingEvent } from '../channels/channel.ts';
import { BoundedMap } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import type { BotConfig } from './config.ts';
import { toNotice } from './incoming.ts';
import type { Job, NoticeReason } from './job.ts';

/** A reason is told to the same one at most once in this time (contract bot §7.9). */
export const NOTICE_PAUSE_MILLIS = 3_600_000;

/** Subjects whose notices a container remembers. */
export const MAX_REMEMBERED = 1000;

/** What is said; empty = nothing. */
export const noticeText = ({ messages }: BotConfig, reason: NoticeReason): string =>
  reason === 'rate_limited' ? messages.rateLimit : messages.unsupported;

/** Whom a notice is counted for: the rate limit's is for a user, the other for a chat. */
export const noticeSubject = (reason: NoticeReason, chatId: string, userId: string): string =>
  `${reason}:${reason === 'rate_limited' ? userId : chatId}`;

/** Which notices this container of the front hop has handed off; kept between webhooks. */
export class NoticeBook {
  private readonly told = new BoundedMap<string, { readonly eventId: string; readonly untilMillis: number }>(
    MAX_REMEMBERED,
  );

  constructor(private readonly clock: Clock) {}

  /**
   * The job that tells an event's author why it gets no answer: none when there is no text for it, or when the
   * notice was handed off within the hour. The same event again gets its job again: its webhook came back.
   */
  jobsFor(
    event: IncomingEvent,
    reason: NoticeReason,
    { config, traceparent }: { readonly config: BotConfig; readonly traceparent: string },
  ): readonly Job[] {
    if (noticeText(config, reason) === '') return [];
    const subject = noticeSubject(reason, event.chatId, event.userId);
    const last = this.told.get(subject);
    const now = this.clock.nowMillis();
    if (last && last.eventId !== event.eventId && now < last.untilMillis) return [];
    if (last?.eventId !== event.eventId)
      this.told.set(subject, { eventId: event.eventId, untilMillis: now + NOTICE_PAUSE_MILLIS });
    return [toNotice(config, event, traceparent, reason)];
  }
}
