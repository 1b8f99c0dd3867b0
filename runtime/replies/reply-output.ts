import { asText, isRecord, type JsonRecord } from '../core/json.ts';
import type { ModelAnswer, ObjectSchema } from '../models/model.ts';
import type { ReplyFormat } from './config.ts';
import { isSet } from './flag.ts';

/** What the model is held to (contract replies §11.3). */
export const REPLY_SCHEMA: ObjectSchema = {
  type: 'object',
  properties: {
    content: { type: 'string', description: 'The message to the user.' },
    hand_off_to_human: { type: 'boolean', description: 'Whether a person must go on instead.' },
    hand_off_to_human_reason: {
      anyOf: [{ type: 'string' }, { type: 'null' }],
      description: 'Why, for that person; null without a hand-off.',
    },
    task_complete: {
      type: 'integer',
      enum: [0, 1],
      description: '1 when the conversation has reached its goal.',
    },
  },
  required: ['content', 'hand_off_to_human', 'hand_off_to_human_reason', 'task_complete'],
  additionalProperties: false,
};

/** What an answer of the model comes to. */
export type Verdict =
  /** `isPlain`: the text was no JSON though JSON was asked for. `isComplete`: the conversation has reached its goal. */
  | {
      readonly kind: 'reply';
      readonly text: string;
      readonly isPlain: boolean;
      readonly isComplete?: boolean;
    }
  | { readonly kind: 'hand_off'; readonly draft: string; readonly reason: string | undefined }
  /** No usable reply, but the model may give one when told so. */
  | { readonly kind: 'repair' }
  /** Cut off at the token limit. */
  | { readonly kind: 'cut' }
  /** Nothing of it may be sent; `why` is a part of a sentence for the operator. */
  | { readonly kind: 'unusable'; readonly why: string };

type Given = Pick<ModelAnswer, 'text' | 'finishReason'>;

/** Reads an answer. Never throws, whatever the model wrote. */
export function readReply({ text, finishReason }: Given, format: ReplyFormat): Verdict {
  const why = UNUSABLE[finishReason];
  if (why !== undefined) return { kind: 'unusable', why };
  if (finishReason === 'length') return { kind: 'cut' };
  // Half a character is sent as another one, and an unclear send would not be found again by its text.
  const said = text.trim().toWellFormed();
  if (format === 'text')
    return said === '' ? { kind: 'repair' } : { kind: 'reply', text: said, isPlain: false };
  const value = parsed(said);
  if (isRecord(value)) return readObject(value);
  // Half an object, or a list, is not meant for a person's eyes.
  const isPlain = said !== '' && value === undefined && !/^[{[]/.test(said);
  return isPlain && format === 'auto' ? { kind: 'reply', text: said, isPlain } : { kind: 'repair' };
}

const UNUSABLE: Partial<Record<ModelAnswer['finishReason'], string>> = {
  refusal: 'the model refused to answer',
  filtered: 'the provider withheld the answer',
  tools: 'the model asked for a tool, and there are none',
};

function readObject(reply: JsonRecord): Verdict {
  const content = typeof reply.content === 'string' ? reply.content.trim().toWellFormed() : undefined;
  if (content !== undefined && isSet(reply.hand_off_to_human))
    return {
      kind: 'hand_off',
      draft: content,
      reason: readReason(reply.hand_off_to_human_reason),
    };
  const isComplete = reply.task_complete === 1;
  return content
    ? { kind: 'reply', text: content, isPlain: false, ...(isComplete && { isComplete }) }
    : { kind: 'repair' };
}

/** It stands in the record; a reason that does not fit there would have the model asked again and again. */
const MAX_REASON_UNITS = 1000;

const readReason = (reason: unknown): string | undefined =>
  asText(reason)?.trim().slice(0, MAX_REASON_UNITS).toWellFormed() || undefined;

/** JSON, also inside the fence that models like to put around it; undefined when it is none. */
function parsed(text: string): unknown {
  for (const candidate of [text, fenced(text)]) {
    try {
      return JSON.parse(candidate ?? '');
    } catch {
      // The next one, or none.
    }
  }
  return undefined;
}

/** What stands between the first fence and the last, from its first brace to its last. */
function fenced(text: string): string | undefined {
  const [start, end] = [text.indexOf('```'), text.lastIndexOf('```')];
  if (start < 0 || end <= start) return undefined;
  const inside = text.slice(start, end);
  return inside.slice(inside.indexOf('{'), inside.lastIndexOf('}') + 1);
}
