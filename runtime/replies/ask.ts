import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { isContextTooLong, type ModelImage } from '../models/model.ts';
import type { OpenModel } from '../models/open-model.ts';
import { type Prompts, resolvePrompt } from '../models/prompts.ts';
import { callModel, type OpenedModel, openPrompt } from './call-model.ts';
import type { ReplyFormat } from './config.ts';
import type { TurnUsage } from './entry.ts';
import { RepliesError } from './errors.ts';
import { Exchange } from './exchange.ts';
import type { RepliesMetrics } from './metric-names.ts';
import { asRepliesError } from './model-errors.ts';
import type { HandOff } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import { readReply, type Verdict } from './reply-output.ts';
import type { Secrets } from './secrets.ts';

/** What the worker asks for a turn. */
export interface Question {
  readonly conversation: Pick<Conversation, 'promptReference' | 'modelKeyReference' | 'entries' | 'data'>;
  /** The user's text of this turn. */
  readonly text: string;
  /** Fetches the pictures of this turn; called only where the prompt says that its model looks at them. */
  images?(): Promise<readonly ModelImage[]>;
  readonly turnId: string;
  /** Keyed hash of the user's address, up to 64 characters. */
  readonly userRef: string;
  readonly traceparent?: string;
}

export interface AskPorts {
  readonly prompts: Prompts;
  readonly openModel: OpenModel;
  readonly secrets: Pick<Secrets, 'model' | 'forget'>;
  readonly format: ReplyFormat;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** When the last answer must be there, milliseconds since 1970: the function's end less 60 s (contract replies §5.4). */
  readonly endMillis: number;
  /** `MODEL_TIMEOUT_MS`: longest wait for one answer. */
  readonly timeoutMillis: number;
  readonly log: Log;
  readonly metrics: RepliesMetrics;
}

/** What the model decided. */
export interface Answered {
  /** What to send, never blank; with `handOff` the draft, which may be blank. */
  readonly reply: string;
  /** The model wants a person to go on. */
  readonly handOff?: HandOff;
  /** The model says that the conversation has reached its goal. */
  readonly isComplete?: boolean;
  /** Of all calls of this turn together. */
  readonly usage: TurnUsage;
  /** `provider:model`. */
  readonly model: string;
  /** The provider's id of the answer. */
  readonly providerRef: string | undefined;
}

export type AskModel = (question: Question, ports: AskPorts) => Promise<Answered>;

/**
 * Asks the prompt's model for the reply of a turn. Keeps nothing at the provider, so it may be called again
 * after a crash. Throws a `RepliesError` whose class is the turn's (contract replies §11.4).
 */
export const askModel: AskModel = async (question, ports) => {
  try {
    const prompt = resolvePrompt(ports.prompts, question.conversation.promptReference);
    const opened = await openPrompt(prompt, question.conversation, ports);
    return await converse(question, opened, ports);
  } catch (error) {
    throw asRepliesError(error);
  }
};

/** One repair, one double budget and one shorter history are tried, each at most once (contract replies §11.3). */
async function converse(question: Question, opened: OpenedModel, ports: AskPorts): Promise<Answered> {
  const { format, log } = ports;
  const { prompt, name } = opened;
  const sees = prompt.images && opened.model.capabilities?.images === true;
  const images = sees ? await question.images?.() : undefined;
  const exchange = new Exchange(question, images ?? [], opened, format);
  const tried = new Set<string>();
  const once = (cause: string): boolean => {
    if (tried.has(cause)) return false;
    tried.add(cause);
    log.warn('model_asked_again', { model: name, prompt: prompt.id, cause });
    return true;
  };
  for (;;) {
    const answer = await callModel(exchange.request(), opened, ports).catch((error: unknown) => {
      if (!isContextTooLong(error) || !once('context_too_long')) throw error;
      exchange.shorten();
    });
    if (!answer) continue;
    exchange.heard(answer);
    const verdict = readReply(answer, format);
    if (verdict.kind === 'reply' && verdict.isPlain)
      log.warn('model_output_plain', { model: name, prompt: prompt.id });
    const said = { usage: exchange.usage(), model: name, providerRef: answer.providerId };
    if (verdict.kind === 'reply')
      return { reply: verdict.text, ...(verdict.isComplete && { isComplete: true }), ...said };
    if (verdict.kind === 'hand_off')
      return { reply: verdict.draft, handOff: { reason: verdict.reason }, ...said };
    if (verdict.kind === 'unusable' || !once(verdict.kind)) throw unusable(verdict);
    if (verdict.kind === 'cut') exchange.makeRoom();
    else exchange.askForJson(answer);
  }
}

function unusable(verdict: Exclude<Verdict, { kind: 'reply' | 'hand_off' }>): RepliesError {
  const why = verdict.kind === 'unusable' ? verdict.why : WHY[verdict.kind];
  return new RepliesError('MODEL_OUTPUT_ERROR', `No reply can be made: ${why}`, 'permanent');
}

const WHY = {
  cut: 'the answer is longer than twice its token limit (max_output_tokens in prompts.json)',
  repair: 'the answer is twice not of the form that was asked for',
} as const;
