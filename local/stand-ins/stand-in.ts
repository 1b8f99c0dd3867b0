import { type Answer, connectionError, type Fault, type FaultRule, takeFault } from './fault.ts';
import type { HeldMedia } from './media-shelf.ts';

/** What a platform was asked to do, and what came of it. */
export interface StandInCall {
  /** From 1, in order of arrival. */
  readonly sequence: number;
  /** Arrival, milliseconds since 1970. */
  readonly atMillis: number;
  /** WhatsApp: `message`, `reaction`, `read`, `typing`, `upload`, `media`, `download`. Telegram: the Bot API's method. Twilio: `create`, `list`, `fetch`. Models: see there. */
  readonly method: string;
  readonly chatId: string;
  readonly text: string | undefined;
  /** The JSON as it was received, without fields that would make it larger than 64 KB. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether the platform took it, which under a fault is more than the caller may know. */
  readonly accepted: boolean;
  /** The message's id when it was accepted. */
  readonly messageId: string | undefined;
  /** The kind of fault that was played, if any. */
  readonly fault: string | undefined;
}

/** What a platform makes of a request before any fault: refuse it, or do it when told to. */
export type Verdict =
  | { readonly status: 'invalid'; readonly answer: Answer }
  | {
      readonly status: 'valid';
      readonly method: string;
      readonly chatId: string;
      readonly text: string | undefined;
      readonly body: Readonly<Record<string, unknown>>;
      /** Whether the user sees it: a message, not a typing sign. */
      readonly isMessage: boolean;
      /** Does it: the answer and the id of the new message. */
      accept(sequence: number): { readonly answer: Answer; readonly messageId: string | undefined };
    };

/** The parts in which platforms differ. */
export interface Platform {
  judge(request: Request): Promise<Verdict>;
  /** The platform's own words for a refusal and a throttle. */
  refusal(fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>): Answer;
}

/** A platform that exists only in this process: it speaks the wire format, records, and fails when told to. */
export interface StandIn {
  /** Takes the place of the global `fetch`. */
  readonly fetch: typeof fetch;
  /** Everything that was asked, oldest first; the last 5,000. */
  readonly calls: readonly StandInCall[];
  /** The messages that users have received, oldest first. */
  readonly sent: readonly StandInCall[];
  /** Plays a fault for the next call it fits, or for the next `times`. Rules are tried in the order given. */
  fail(rule: FaultRule): void;
  /** Forgets the faults that were not played yet. */
  repair(): void;
  /** Forgets calls and faults. */
  reset(): void;
}

/** A platform that also keeps media. */
export interface MediaStandIn extends StandIn {
  /** Keeps what a user sends; resolves to the id by which a webhook names it. */
  hold(media: HeldMedia): string;
  /** What is kept under an id: a user's medium, or an upload. */
  held(id: string): HeldMedia | undefined;
}

const MAX_CALLS = 5000;
const MAX_KEPT_CHARACTERS = 64 * 1024;

export function createStandIn(platform: Platform, nowMillis: () => number): StandIn {
  const book = new Book();
  return {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      // A request's own signal follows the caller's only until the request is garbage.
      return answerRequest(request, init?.signal ?? request.signal, { platform, nowMillis, book });
    },
    get calls() {
      return book.calls;
    },
    get sent() {
      return book.sent;
    },
    fail: (rule) => {
      book.rules = [...book.rules, rule];
    },
    repair: () => {
      book.rules = [];
    },
    reset: () => book.reset(),
  };
}

/** What was asked, and what is to go wrong. */
class Book {
  calls: StandInCall[] = [];
  rules: FaultRule[] = [];
  private messages = new Set<number>();
  private count = 0;

  get sent(): StandInCall[] {
    return this.calls.filter((call) => this.messages.has(call.sequence));
  }

  next(): number {
    this.count += 1;
    return this.count;
  }

  faultFor(call: { readonly method: string; readonly chatId: string }): Fault | undefined {
    const { fault, rules } = takeFault(this.rules, call);
    this.rules = rules;
    return fault;
  }

  add(call: StandInCall, isMessage: boolean): void {
    this.calls.push(call);
    if (isMessage && call.accepted) this.messages.add(call.sequence);
    if (this.calls.length > MAX_CALLS) this.messages.delete(this.calls.shift()?.sequence ?? 0);
  }

  reset(): void {
    this.calls = [];
    this.rules = [];
    this.messages = new Set();
  }
}

async function answerRequest(
  request: Request,
  signal: AbortSignal,
  { platform, nowMillis, book }: { platform: Platform; nowMillis: () => number; book: Book },
): Promise<Response> {
  const verdict = await platform.judge(request);
  if (verdict.status === 'invalid') return respond(verdict.answer);
  const { method, chatId, text, body } = verdict;
  const fault = book.faultFor({ method, chatId });
  // Nothing arrived, so there is nothing to record.
  if (fault?.kind === 'unreachable') throw connectionError('ECONNREFUSED');
  const sequence = book.next();
  const accepted = isAccepted(fault);
  const done = accepted ? verdict.accept(sequence) : undefined;
  const call = {
    sequence,
    atMillis: nowMillis(),
    method,
    chatId,
    text: text?.slice(0, MAX_KEPT_CHARACTERS),
    body: bounded(body),
    accepted,
    messageId: done?.messageId,
    fault: fault?.kind,
  };
  book.add(call, verdict.isMessage);
  return fault ? play(fault, platform, done?.answer, signal) : respond(done?.answer ?? { status: 500 });
}

/** The fields that fit, in their order. */
function bounded(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let left = MAX_KEPT_CHARACTERS;
  const fits = (field: unknown) => {
    const { length } = JSON.stringify(field);
    if (length > left) return false;
    left -= length;
    return true;
  };
  return Object.fromEntries(Object.entries(body).filter(fits));
}

function isAccepted(fault: Fault | undefined): boolean {
  if (!fault || fault.kind === 'pass' || fault.kind === 'lose-answer') return true;
  return 'accept' in fault && fault.accept === true;
}

async function play(
  fault: Fault,
  platform: Platform,
  done: Answer | undefined,
  signal: AbortSignal,
): Promise<Response> {
  switch (fault.kind) {
    case 'refuse':
    case 'throttle':
    case 'broken':
      return respond(platform.refusal(fault));
    case 'html':
      return respond({
        status: fault.status ?? 502,
        html: '<html><body><h1>502 Bad Gateway</h1></body></html>',
      });
    case 'hang':
      return untilAborted(signal);
    case 'lose-answer':
    case 'unreachable':
      throw connectionError('ECONNRESET');
    case 'pass':
      return respond(done ?? { status: 500 });
  }
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function respond({ status, json, html, bytes, headers }: Answer): Response {
  if (bytes)
    return new Response(new Uint8Array(bytes.content), {
      status,
      headers: { 'content-type': bytes.mimeType },
    });
  const type = html === undefined ? 'application/json; charset=UTF-8' : 'text/html; charset=UTF-8';
  return new Response(html ?? JSON.stringify(json ?? {}), {
    status,
    headers: { 'content-type': type, ...headers },
  });
}

/** The request's JSON object, or undefined when it is something else. */
export async function jsonObject(request: Request): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = await request.json();
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
