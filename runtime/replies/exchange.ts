import { asNumber } from '../core/json.ts';
import type { ModelAnswer, ModelImage, ModelMessage, ModelRequest } from '../models/model.ts';
import { filled } from '../models/prompt-variables.ts';
import type { Question } from './ask.ts';
import type { OpenedModel } from './call-model.ts';
import type { ReplyFormat } from './config.ts';
import type { TurnUsage } from './entry.ts';
import { estimatedTokens, historyOf, variablesOf } from './model-input.ts';
import { REPLY_SCHEMA } from './reply-output.ts';

/** More than the longest reply needs; a model that thinks first spends of it, too. */
const DEFAULT_OUTPUT_TOKENS = 4096;

const REPAIR =
  'Your answer cannot be read. Answer again with the one JSON object that was asked for, with a text in "content" and nothing around it.';

/** The calls of one turn: what is asked, which may be put differently after an answer, and what they used. */
export class Exchange {
  private history: readonly ModelMessage[];
  /** What is asked now, and a request for repair behind it. */
  private asked: readonly ModelMessage[];
  private maxOutputTokens: number;
  private readonly fixed: Pick<
    ModelRequest,
    'instructions' | 'output' | 'turnId' | 'userRef' | 'traceparent'
  >;
  private tokens: TurnUsage = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };

  constructor(
    private readonly question: Question,
    images: readonly ModelImage[],
    opened: OpenedModel,
    format: ReplyFormat,
  ) {
    const { conversation, text, turnId, userRef, traceparent } = question;
    const { prompt } = opened;
    this.history = historyOf(conversation.entries, turnId);
    this.asked = [{ role: 'user', text, ...(images.length > 0 && { images }) }];
    this.maxOutputTokens = prompt.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS;
    const instructions = filled(prompt.instructions, variablesOf(conversation));
    const trace = traceparent !== undefined && { traceparent };
    this.fixed = { ...shapeOf(instructions, opened, format), turnId, userRef, ...trace };
  }

  request(): Omit<ModelRequest, 'timeoutMillis'> {
    const { fixed, history, asked, maxOutputTokens } = this;
    return { ...fixed, messages: [...history, ...asked], maxOutputTokens };
  }

  heard({ usage }: ModelAnswer): void {
    const { promptTokens, completionTokens, totalTokens, isMissing } = this.tokens;
    const [inputTokens, outputTokens] = [
      asNumber(usage?.inputTokens) ?? 0,
      asNumber(usage?.outputTokens) ?? 0,
    ];
    this.tokens = {
      promptTokens: promptTokens + inputTokens,
      completionTokens: completionTokens + outputTokens,
      totalTokens: totalTokens + (asNumber(usage?.totalTokens) ?? inputTokens + outputTokens),
      ...((isMissing || !usage) && { isMissing: true }),
    };
  }

  usage(): TurnUsage {
    return this.tokens;
  }

  /** A quarter of what the model was shown so far. */
  shorten(): void {
    const shown = this.history.reduce((sum, { text }) => sum + estimatedTokens(text), 0);
    const { conversation, turnId } = this.question;
    this.history = historyOf(conversation.entries, turnId, shown / 4);
  }

  makeRoom(): void {
    this.maxOutputTokens *= 2;
  }

  askForJson({ text }: ModelAnswer): void {
    this.asked = [...this.asked, { role: 'assistant', text }, { role: 'user', text: REPAIR }];
  }
}

/** The shape of the answer: as a schema where the model is held to one, else in words. */
function shapeOf(
  instructions: string,
  { prompt, model }: OpenedModel,
  format: ReplyFormat,
): Pick<ModelRequest, 'instructions' | 'output'> {
  if (format === 'text') return { instructions };
  const schema = prompt.output ?? REPLY_SCHEMA;
  if (model.capabilities?.structuredOutput) return { instructions, output: { name: 'reply', schema } };
  const words = `Answer with one JSON object and nothing around it. It must fit this JSON Schema:\n${JSON.stringify(schema)}`;
  return { instructions: `${instructions}\n\n${words}` };
}
