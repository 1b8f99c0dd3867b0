import type { Sender } from '../channels/channel.ts';
import { describeError, HooklineError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { BotConfig } from './config.ts';
import type { Job, NoticeReason } from './job.ts';
import { logFields } from './log-fields.ts';
import { noticeSubject, noticeText } from './notice.ts';
import type { NoticeMarks } from './notice-marks.ts';

/** What a notice needs. */
export interface NoticePorts {
  readonly config: BotConfig;
  readonly notices: NoticeMarks;
  readonly sender: Sender;
  readonly log: Log;
}

/** A `notice` job of the front hop. Throws when its rate mark could not be made: then it must come back. */
export async function workNotice(job: Job, ports: NoticePorts, deadlineMillis: number): Promise<void> {
  const { notice } = job;
  if (!notice) throw new HooklineError('Malformed job: notice is missing', 'permanent');
  await tell(job, notice, { ...ports, log: ports.log.with(logFields(job, ports.config)) }, deadlineMillis);
}

/** The notice of a message that the worker itself ignores for its rate. A failure changes nothing for the event. */
export async function noticeOnTheSpot(job: Job, ports: NoticePorts, deadlineMillis: number): Promise<void> {
  try {
    await tell(job, 'rate_limited', ports, deadlineMillis);
  } catch (error) {
    ports.log.warn('notice_failed', { reason: 'rate_limited', error: describeError(error) });
  }
}

/** One rate mark, then one send, at most once an hour; a failed send is only logged, as the mark stands (§7.9). */
async function tell(
  job: Job,
  reason: NoticeReason,
  { config, notices, sender, log }: NoticePorts,
  deadlineMillis: number,
): Promise<void> {
  const text = noticeText(config, reason);
  if (text === '') return;
  if (!(await notices.mark(noticeSubject(reason, job.chat_id, job.user_id)))) {
    log.info('notice_finished', { reason, status: 'told_before' });
    return;
  }
  const { chat_id: chatId, payload, event_id: eventId } = job;
  try {
    const target = { chatId, payload, callbackData: `notice:${eventId}`, deadlineMillis };
    await sender.send({ type: 'text', text }, target);
    log.info('notice_finished', { reason, status: 'sent' });
  } catch (error) {
    log.warn('notice_failed', { reason, error: describeError(error) });
  }
}
