import type { StandInCall } from '../stand-ins/stand-in.ts';
import type { Channel, ConsoleMessage, MessageState, ShownReply, Step } from './model.ts';
import { callStep, isMessageCall, logStep } from './steps.ts';

/** Older messages are forgotten; a page shows far fewer. */
const MAX_MESSAGES = 200;
const MAX_STEPS = 150;
const MAX_REPLIES = 50;

export interface NewMessage {
  readonly channel: Channel;
  readonly user: string;
  readonly text: string;
  readonly eventId: string;
  readonly atMillis: number;
}

const SETTLED: readonly MessageState[] = ['answered', 'ignored', 'refused', 'rejected'];

/** Whether more is to come for a message without anybody doing anything. */
export const isOpen = ({ state }: ConsoleMessage): boolean => !SETTLED.includes(state) && state !== 'dead';

/** The messages written in the console, and what is known of each. Calls `onChange` with every new version. */
export class MessageBook {
  private readonly messages = new Map<string, ConsoleMessage>();
  private count = 0;

  constructor(private readonly onChange: (message: ConsoleMessage) => void) {}

  /** Oldest first. */
  all(): readonly ConsoleMessage[] {
    return [...this.messages.values()];
  }

  get(id: string): ConsoleMessage | undefined {
    return this.messages.get(id);
  }

  add(message: NewMessage): ConsoleMessage {
    this.count += 1;
    const id = `m${this.count}`;
    const oldest = this.messages.keys().next().value;
    if (this.messages.size >= MAX_MESSAGES && oldest !== undefined) this.messages.delete(oldest);
    return this.put({ ...message, id, state: 'sending', traceIds: [], steps: [], replies: [] });
  }

  /** A webhook of the message is about to be posted under this trace id. */
  delivery(id: string, traceId: string, step: Step): void {
    this.change(id, (message) => ({ ...withStep(message, step), traceIds: [...message.traceIds, traceId] }));
  }

  /** `state` is taken over only where it is news: a later delivery never takes back an earlier answer. */
  step(id: string, step: Step, state?: MessageState): void {
    this.change(id, (message) => ({ ...withStep(message, step), ...(state && { state }) }));
  }

  /** Adds what a function's log line says. Lines of strangers are ignored. */
  logLine(text: string, busyPolicyOf: (channel: Channel) => string): void {
    const traceId = text.match(/"trace_id":"([0-9a-f]{32})"/)?.[1];
    const message = traceId && this.byTrace(traceId);
    const found = message && logStep(text, busyPolicyOf(message.channel));
    if (!found) return;
    this.change(message.id, (current) => ({
      ...withStep(current, found.step),
      state: stateAfter(current.state, found.state),
    }));
  }

  /** Adds what a platform was asked to do, and the message it put on the user's phone. */
  call(channel: Channel, call: StandInCall): void {
    const message = this.messageOf(channel, call);
    if (!message) return;
    this.change(message.id, (current) => {
      const next = withStep(current, callStep(channel, call));
      const reply = replyOf(call, current.replies);
      return reply ? { ...next, replies: [...next.replies, reply].slice(-MAX_REPLIES) } : next;
    });
  }

  byTrace(traceId: string): ConsoleMessage | undefined {
    return this.all().find((message) => message.traceIds.includes(traceId));
  }

  /** WhatsApp's calls name the event. The Bot API's name only the chat: its oldest unanswered message is meant. */
  private messageOf(channel: Channel, { chatId, body }: StandInCall): ConsoleMessage | undefined {
    const ofChannel = this.all().filter((message) => message.channel === channel);
    if (channel === 'whatsapp') {
      const event = String(body.biz_opaque_callback_data ?? body.message_id ?? '').replace(/#\d+$/, '');
      return ofChannel.find((message) => message.eventId === event);
    }
    const ofChat = ofChannel.filter((message) => message.user === chatId);
    return ofChat.find(isOpen) ?? ofChat.at(-1);
  }

  private change(id: string, next: (message: ConsoleMessage) => ConsoleMessage): void {
    const message = this.messages.get(id);
    if (message) this.put(next(message));
  }

  private put(message: ConsoleMessage): ConsoleMessage {
    this.messages.set(message.id, message);
    this.onChange(message);
    return message;
  }
}

const withStep = (message: ConsoleMessage, step: Step): ConsoleMessage => ({
  ...message,
  steps: [...message.steps, step].sort((a, b) => a.atMillis - b.atMillis).slice(-MAX_STEPS),
});

/** A message that was settled stays so when a repetition of it is looked at. */
function stateAfter(now: MessageState, said: MessageState | 'duplicate' | undefined): MessageState {
  if (said === undefined) return now === 'sending' ? 'working' : now;
  if (said === 'duplicate') return SETTLED.includes(now) ? now : 'answered';
  if (said === 'ignored' && now === 'answered') return now;
  return said;
}

function replyOf(call: StandInCall, before: readonly ShownReply[]): ShownReply | undefined {
  const { accepted, messageId, atMillis, method, body } = call;
  if (!accepted || messageId === undefined || !isMessageCall(call)) return undefined;
  const medium = method === 'message' ? body.type : method.replace(/^send/, '').toLowerCase();
  const text = call.text ?? `[${String(medium)}]`;
  return { atMillis, text, messageId, repeated: before.some((reply) => reply.text === text) };
}
