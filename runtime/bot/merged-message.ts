import type { IncomingMessage, MessageKind } from '../channels/channel.ts';
import type { TurnMessage } from './decide/decider.ts';

/** What several messages say together: texts one a line, all media, and the ids of the last. */
export function mergedMessage(messages: readonly [TurnMessage, ...TurnMessage[]]): IncomingMessage {
  const last = (messages.at(-1) ?? messages[0]).message;
  if (messages.length === 1) return last;
  const all = messages.map(({ message }) => message);
  return {
    ...last,
    text: all.flatMap(({ text }) => text || []).join('\n'),
    media: all.flatMap(({ media }) => media),
    isVoiceNote: all.some(({ isVoiceNote }) => isVoiceNote),
  };
}

/** Joined with others these would lose their meaning. */
const ALONE: ReadonlySet<MessageKind> = new Set([
  'reaction',
  'edited',
  'interactive',
  'button',
  'callback',
  'system',
  'blocked',
]);

const isAlone = ({ kind, text }: IncomingMessage) => ALONE.has(kind) || text.startsWith('/');

/** Whether two neighbours may share a turn. Commands and choices stay alone, and a topic gets its own answer. */
export const mayMerge = (one: IncomingMessage, next: IncomingMessage): boolean =>
  !isAlone(one) && !isAlone(next) && one.raw.message_thread_id === next.raw.message_thread_id;
