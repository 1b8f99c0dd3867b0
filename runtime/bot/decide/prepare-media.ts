import { describeError, errorClassOf } from '../../core/errors.ts';
import { retry } from '../../core/retry.ts';
import { soundName } from '../transcribe.ts';
import type { TurnMedia } from '../turn-media.ts';
import type { DecideInput, TurnMessage } from './decider.ts';

/** Read in place of a transcript (contract bot §12.2). */
const NOT_TRANSCRIBED = 'Could not transcribe audio.';

/** Longest wait for a transcript, and never more than a third of what is left: the agent needs the rest. */
const MAX_WAIT_MILLIS = 60_000;

/** What the agent is given of the media: kept copies, and the words of sounds as the messages' texts. */
export async function prepareMedia(input: DecideInput, media: TurnMedia): Promise<DecideInput> {
  if (input.message.media.length === 0) return input;
  const messages: TurnMessage[] = [];
  for (const { job, message } of input.messages) {
    const kept = [];
    for (const medium of message.media) kept.push(await media.keep(medium));
    const text = await textOf(message, input, media);
    messages.push({ job, message: { ...message, media: kept, text } });
  }
  const message = {
    ...input.message,
    text: messages.flatMap(({ message: { text } }) => text || []).join('\n'),
    media: messages.flatMap(({ message: { media } }) => media),
  };
  return { ...input, messages: messages as unknown as DecideInput['messages'], message };
}

/** The words of a sound, behind its caption if it has one. */
async function textOf(
  { kind, text, media: [sound] }: TurnMessage['message'],
  input: DecideInput,
  media: TurnMedia,
): Promise<string> {
  if (kind !== 'audio' || !sound || !input.transcribe) return text;
  const transcript = await transcriptOf(() => media.load(sound), input, input.transcribe);
  return text === '' ? transcript : `${text}\n${transcript}`;
}

async function transcriptOf(
  load: () => ReturnType<TurnMedia['load']>,
  { clock, log, deadlineMillis }: DecideInput,
  transcribe: NonNullable<DecideInput['transcribe']>,
): Promise<string> {
  const started = clock.nowMillis();
  const wait = Math.max(0, Math.min(MAX_WAIT_MILLIS, Math.floor((deadlineMillis - started) / 3)));
  const signal = AbortSignal.timeout(wait);
  try {
    const { bytes, mimeType } = await inTime(load(), signal);
    const sound = { bytes, mimeType, fileName: soundName(mimeType) };
    const limits = { clock, deadlineMillis: started + wait, signal, maxAttempts: 2 };
    const text = await retry(() => inTime(transcribe(sound, { signal }), signal), {
      ...limits,
      minDelayMillis: 500,
      maxDelayMillis: 2000,
      retryable: (error) => !signal.aborted && errorClassOf(error) === 'transient',
    });
    if (text.trim() !== '') return text.trim();
  } catch (error) {
    log.warn('audio_not_transcribed', { error: describeError(error) });
  }
  return NOT_TRANSCRIBED;
}

/** A function of the user's own may not heed the signal. */
function inTime<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, late]);
}
