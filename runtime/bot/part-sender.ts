import type { OutgoingPart, SendTarget } from '../channels/channel.ts';
import type { DecideInput } from './decide/decider.ts';

/** No send starts in the last moments: its mark would not be written any more. */
const SEND_MARGIN_MILLIS = 1_000;

/** Between two parts of a reply: Telegram takes about one message a second in a chat (contract bot §17.7). */
const PART_PAUSE_MILLIS = 1_000;

type PartInput = Pick<
  DecideInput,
  'job' | 'journal' | 'message' | 'clock' | 'deadlineMillis' | 'files' | 'sender'
>;

/** Where a turn's parts go: to its chat, in time. */
export const targetOf = ({
  job,
  deadlineMillis,
  files,
}: Pick<PartInput, 'job' | 'deadlineMillis' | 'files'>): SendTarget => ({
  chatId: job.chat_id,
  payload: job.payload,
  callbackData: '',
  deadlineMillis: deadlineMillis - SEND_MARGIN_MILLIS,
  readFile: (path) => files.read(path),
});

/**
 * Sends the parts of a turn's reply, with a pause between them. In a Telegram group the first quotes what it
 * answers; nothing says that WhatsApp's groups take a quotation.
 */
export function partSender(input: PartInput) {
  const { job, journal, message, clock, sender } = input;
  const target = targetOf(input);
  const isQuoting = message.group !== undefined && job.provider === 'telegram';
  let acceptedMillis = Number.NEGATIVE_INFINITY;
  return async (part: OutgoingPart, number: number): Promise<string> => {
    const pause = acceptedMillis + PART_PAUSE_MILLIS - clock.nowMillis();
    if (pause > 0 && clock.nowMillis() + pause < target.deadlineMillis) await clock.sleep(pause);
    const providerId = await sender.send(part, {
      ...target,
      callbackData: `${journal.carrierId}#${number}`,
      ...(number === 1 && isQuoting && { quotedMessageId: message.messageId }),
    });
    acceptedMillis = clock.nowMillis();
    return providerId;
  };
}
