import type { FaultRule } from '../../../local/stand-ins/fault.ts';
import type { ModelReply, ModelStandIn } from '../../../local/stand-ins/model-server.ts';
import { asList, asRecord, type JsonRecord } from '../../../runtime/core/json.ts';
import type { Model } from '../../../runtime/models/model.ts';

/** What a provider does with a call, in words that all of them know. */
export type Outcome =
  | { readonly text: string; readonly finish?: Finish; readonly usage?: Usage | null }
  | Failed;

export type Finish = NonNullable<ModelReply['finish']>;
type Usage = NonNullable<ModelReply['usage']>;

export interface Failed {
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
}

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
  /** The next calls; those after them are answered `{"content":"Hello"}` for 10 tokens in and 5 out. */
  play(...outcomes: readonly Outcome[]): void;
  readonly heard: readonly Heard[];
  /** What came over the wire, as it came. */
  readonly bodies: readonly JsonRecord[];
}

/** What differs between providers that have a stand-in. */
export interface Wire {
  readonly standIn: ModelStandIn;
  readonly model: Model;
  readonly faults: Partial<Record<Failed['failure'], FaultRule>>;
  read(body: JsonRecord): Heard;
}

const FAULTS: Record<Failed['failure'], FaultRule> = {
  'rate limit': { kind: 'throttle', retryAfterSeconds: 2 },
  'no credit': { kind: 'refuse', status: 402 },
  'bad key': { kind: 'refuse', status: 401 },
  forbidden: { kind: 'refuse', status: 403 },
  'unknown model': { kind: 'refuse', status: 404 },
  'bad request': { kind: 'refuse', status: 400 },
  'too long': { kind: 'refuse', status: 400 },
  broken: { kind: 'broken', platformObject: true },
  overloaded: { kind: 'broken', platformObject: true, status: 503 },
  reset: { kind: 'lose-answer' },
  hang: { kind: 'hang' },
  page: { kind: 'html', status: 200 },
};

export const provider = ({ standIn, model, faults, read }: Wire): Provider => ({
  model,
  play: (...outcomes) => {
    for (const outcome of outcomes) {
      if ('text' in outcome) standIn.say(outcome);
      standIn.fail(
        'text' in outcome ? { kind: 'pass' } : { ...FAULTS[outcome.failure], ...faults[outcome.failure] },
      );
    }
  },
  get heard() {
    return standIn.calls.map(({ body }) => read(body));
  },
  get bodies() {
    return standIn.calls.map(({ body }) => body);
  },
});

const partsOf = (message: unknown): readonly JsonRecord[] => {
  const { content } = asRecord(message);
  return typeof content === 'string' ? [{ text: content }] : asList(content).map(asRecord);
};

/** Pictures are the parts without a text. */
export const imagesIn = (messages: readonly unknown[]): number =>
  messages.flatMap(partsOf).filter(({ text }) => text === undefined).length;

export const textsIn = (messages: readonly unknown[]): readonly (readonly [string, string])[] =>
  messages.map((message) => [
    String(asRecord(message).role),
    partsOf(message)
      .map(({ text }) => text ?? '')
      .join(''),
  ]);
