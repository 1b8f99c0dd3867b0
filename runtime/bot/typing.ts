import type { DecideInput } from './decide/decider.ts';

type TypingInput = Pick<DecideInput, 'sender' | 'clock' | 'config' | 'job' | 'message'>;

/**
 * Shows that an answer is being written, again whenever the sign would go out (contract bot §16.10, §17.4).
 * Nobody waits for it, and its failures change nothing. Returns what ends it: after that no sign is sent.
 */
export function startTyping({ sender, clock, config, job, message }: TypingInput): () => void {
  const stop = new AbortController();
  const { everySeconds, shownByIngress } = sender.typing;
  const target = { chatId: job.chat_id, payload: job.payload, messageId: message.messageId };
  const show = async () => {
    for (let isFirst = true; !stop.signal.aborted; isFirst = false) {
      if (!isFirst || shownByIngress) await clock.sleep(everySeconds * 1000, stop.signal);
      await sender.showTyping(target, stop.signal).catch(() => {});
    }
  };
  if (config.typingIndicator) show().catch(() => {}); // the pause was ended by `stop`
  return () => stop.abort();
}
