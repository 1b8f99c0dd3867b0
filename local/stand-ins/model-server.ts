import type { Answer, Fault } from './fault.ts';
import { createStandIn, type Platform, type StandIn, type Verdict } from './stand-in.ts';

/** What a model says, whatever wire format it is written in. */
export interface ModelReply {
  readonly text?: string;
  /**
   * Default `stop`. `length`: cut off at the token limit. `filtered`: withheld by the provider. `refusal`: the model
   * declines, with the text as its excuse. `tools`: it wants a tool run. `context`: it ran out of room.
   * `failed`: there is no answer. Where a provider has no word for one of them, its next of kin.
   */
  readonly finish?: 'stop' | 'length' | 'filtered' | 'refusal' | 'tools' | 'context' | 'failed';
  /** Default 10 and 5. Null: the provider counts nothing. `cached` is a part of `input`. */
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number } | null;
}

export interface ModelStandInOptions {
  /** Other keys are refused; by default any is taken. */
  readonly apiKey?: string;
  /** Other models are unknown; by default any is taken. */
  readonly model?: string;
  /** What the model says to the last message; by default `{"content":"Hello"}`. */
  readonly reply?: (text: string, body: Readonly<Record<string, unknown>>) => string | ModelReply;
  /** Longer input, in UTF-16 units of all its texts, is more than the model can read. By default all is read. */
  readonly maxInputUnits?: number;
  /** Milliseconds since 1970; by default the wall clock. */
  readonly nowMillis?: () => number;
}

/** A model server. A call's chat is the model, its text the last message, its body what was received. */
export interface ModelStandIn extends StandIn {
  /** What the model says next, in this order, before it says again what it usually does. */
  say(...replies: readonly (string | ModelReply)[]): void;
}

/** A request that a server has understood. */
export interface Asked {
  readonly method: string;
  readonly model: string;
  /** Every text of the input, the last message last. */
  readonly texts: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** The parts in which model servers differ. */
export interface ModelWire {
  read(request: Request): Promise<{ readonly asked: Asked } | { readonly refused: Answer }>;
  readonly tooLong: Answer;
  answer(
    reply: Required<ModelReply>,
    asked: Asked,
    sequence: number,
  ): { readonly answer: Answer; readonly id: string };
  readonly refusal: Platform['refusal'];
}

const USUAL = '{"content":"Hello"}';
const USUAL_USAGE = { input: 10, output: 5 };

export function createModelStandIn(wire: ModelWire, options: ModelStandInOptions): ModelStandIn {
  let queue: (string | ModelReply)[] = [];
  const replyTo = ({ texts, body }: Asked): Required<ModelReply> => {
    const given = queue.shift() ?? options.reply?.(texts.at(-1) ?? '', body) ?? USUAL;
    return {
      text: USUAL,
      finish: 'stop',
      usage: USUAL_USAGE,
      ...(typeof given === 'string' ? { text: given } : given),
    };
  };
  const judge = async (request: Request): Promise<Verdict> => {
    const traceparent = request.headers.get('traceparent');
    const result = await wire.read(request);
    if ('refused' in result) return { status: 'invalid', answer: result.refused };
    const { asked } = result;
    const units = asked.texts.reduce((sum, text) => sum + text.length, 0);
    if (units > (options.maxInputUnits ?? Number.POSITIVE_INFINITY))
      return { status: 'invalid', answer: wire.tooLong };
    return {
      status: 'valid',
      method: asked.method,
      chatId: asked.model,
      text: asked.texts.at(-1),
      // The trace context is part of what a test wants to see.
      body: traceparent === null ? asked.body : { ...asked.body, traceparent },
      isMessage: false,
      accept: (sequence) => {
        const { answer, id } = wire.answer(replyTo(asked), asked, sequence);
        return { answer, messageId: id };
      },
    };
  };
  const standIn = createStandIn({ judge, refusal: wire.refusal }, options.nowMillis ?? Date.now);
  const { reset } = standIn;
  return Object.defineProperties(standIn as ModelStandIn, {
    say: { value: (...replies: readonly (string | ModelReply)[]) => queue.push(...replies) },
    reset: {
      value: () => {
        reset();
        queue = [];
      },
    },
  });
}

/** A platform's refusals from its own error writer. */
export const refusalsBy =
  (error: (status: number) => Answer): Platform['refusal'] =>
  (fault: Extract<Fault, { kind: 'refuse' | 'throttle' | 'broken' }>) => {
    if (fault.kind === 'throttle')
      return {
        ...error(429),
        headers: { ...error(429).headers, 'retry-after': String(fault.retryAfterSeconds) },
      };
    if (fault.kind === 'broken')
      return fault.platformObject ? error(fault.status ?? 500) : { status: fault.status ?? 500, json: {} };
    return fault.body ? { status: fault.status ?? 400, json: fault.body } : error(fault.status ?? 400);
  };

/** What is wrong with a schema that a model is to hold to; undefined when it can. `allRequired`: as OpenAI wants it. */
export function schemaFault(schema: unknown, allRequired: boolean): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type, properties, required, additionalProperties } = schema as Record<string, unknown>;
  if (type === 'object') {
    if (additionalProperties !== false)
      return "'additionalProperties' is required to be supplied and to be false.";
    const names = Object.keys((properties ?? {}) as object);
    const missing = names.find((name) => !Array.isArray(required) || !required.includes(name));
    if (allRequired && missing) return `'required' has to list every property. Missing '${missing}'.`;
  }
  for (const part of Object.values(schema)) {
    const fault = schemaFault(part, allRequired);
    if (fault) return fault;
  }
  return undefined;
}

/** The texts of a message, be they its content or in the parts of it. */
export function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: { readonly text?: unknown }) =>
    typeof part?.text === 'string' ? [part.text] : [],
  );
}
