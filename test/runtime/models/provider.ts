import { connectionError } from '../../../local/stand-ins/fault.ts';
import { asList, asRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import type { Model, ModelAnswer } from '../../../runtime/models/model.ts';

/** What a provider does with a call, in words that all of them know. */
export type Outcome =
  | { readonly text: string; readonly finish?: ModelAnswer['finishReason']; readonly withoutUsage?: true }
  | {
      readonly failure:
        | 'rate limit'
        | 'no credit'
        | 'bad key'
        | 'forbidden'
        | 'unknown model'
        | 'bad request'
        | 'too long'
        | 'broken'
        | 'overloaded'
        | 'reset'
        | 'hang'
        | 'page';
    };

export type Failure = Extract<Outcome, { failure: string }>['failure'];

/** A request as the provider read it. */
export interface Heard {
  readonly instructions: string | undefined;
  readonly messages: readonly (readonly [string, string])[];
  readonly images: number;
  readonly maxOutputTokens: number | undefined;
  readonly hasSchema: boolean;
}

export interface Provider {
  readonly model: Model;
  /** The next calls; those after them are answered `{"content":"Hello"}`. */
  play(...outcomes: readonly Outcome[]): void;
  readonly heard: readonly Heard[];
  /** What came over the wire, as it came. */
  readonly bodies: readonly JsonRecord[];
}

/** How one provider's wire format says it all. Tokens: 10 in, of which 4 were cached, and 5 out. */
export interface Wire {
  open(fetch: typeof globalThis.fetch): Model;
  said(outcome: Extract<Outcome, { text: string }>): JsonRecord;
  refusal(failure: Failure): readonly [status: number, body: unknown, headers?: Record<string, string>];
  read(body: JsonRecord): Heard;
}

export const HELLO: Outcome = { text: '{"content":"Hello"}' };

export function provider({ open, said, refusal, read }: Wire): Provider {
  let outcomes: Outcome[] = [];
  const bodies: JsonRecord[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    bodies.push(asRecord(JSON.parse(await request.text())));
    const outcome = outcomes.shift() ?? HELLO;
    if ('text' in outcome)
      return Response.json(said(outcome), { headers: { 'x-amzn-requestid': 'answer-1' } });
    if (outcome.failure === 'reset') throw connectionError('ECONNRESET');
    if (outcome.failure === 'page')
      return new Response('<html></html>', { headers: { 'content-type': 'text/html' } });
    if (outcome.failure === 'hang')
      return new Promise((_resolve, reject) => {
        const signal = init?.signal ?? request.signal;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const [status, body, headers = {}] = refusal(outcome.failure);
    return Response.json(body, { status, headers });
  };
  return {
    model: open(fetch),
    play: (...next) => {
      outcomes = [...outcomes, ...next];
    },
    get heard() {
      return bodies.map(read);
    },
    bodies,
  };
}

export const FINISH = {
  chat: { stop: 'stop', length: 'length', filtered: 'content_filter', tools: 'tool_calls', other: 'new' },
  anthropic: {
    stop: 'end_turn',
    length: 'max_tokens',
    filtered: 'refusal',
    tools: 'tool_use',
    other: 'pause_turn',
  },
  bedrock: {
    stop: 'end_turn',
    length: 'max_tokens',
    filtered: 'content_filtered',
    tools: 'tool_use',
    other: 'malformed_model_output',
  },
} as const;

export const wordFor = (words: Readonly<Record<string, string>>, finish: string) =>
  words[finish] ?? 'refusal';

const textParts = (content: unknown): readonly JsonRecord[] =>
  typeof content === 'string' ? [{ text: content }] : asList(content).map(asRecord);
const textOf = (content: unknown) =>
  textParts(content)
    .map(({ text }) => text ?? '')
    .join('');
export const imagesOf = (messages: readonly unknown[]) =>
  messages.flatMap((message) => textParts(asRecord(message).content)).filter(({ text }) => text === undefined)
    .length;
export const messagesOf = (messages: readonly unknown[]) =>
  messages.map((message) => {
    const { role, content } = asRecord(message);
    return [String(role), textOf(content)] as const;
  });
