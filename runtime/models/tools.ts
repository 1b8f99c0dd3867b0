import { describeError } from '../core/errors.ts';
import { isRecord, type JsonRecord } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import {
  type ModelAnswer,
  ModelError,
  type ModelMessage,
  type ToolCall,
  type ToolDeclaration,
} from './model.ts';

/** A tool and what it does. */
export interface Tool extends ToolDeclaration {
  /** Its result is shown to the model, a text as it is and anything else as JSON. What it throws is logged. */
  run(input: JsonRecord): unknown;
}

/** How often a model may ask for tools before it must answer. */
export const DEFAULT_TOOL_ROUNDS = 8;

export interface ToolLoop {
  readonly tools: readonly Tool[];
  readonly maxRounds: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  ask(messages: readonly ModelMessage[]): Promise<ModelAnswer>;
}

/** Runs the tools that the model asks for, one after another, until it answers. Throws `ModelError` when it never does. */
export async function askWithTools(asked: readonly ModelMessage[], loop: ToolLoop): Promise<ModelAnswer> {
  let messages = asked;
  for (let round = 0; ; round++) {
    const answer = await loop.ask(messages);
    const { text, toolCalls } = answer;
    if (toolCalls.length === 0) return answer;
    if (round >= loop.maxRounds)
      throw new ModelError(`The model asked for tools more than ${loop.maxRounds} times`, 'permanent');
    const results: ModelMessage[] = [];
    for (const call of toolCalls) {
      loop.signal.throwIfAborted();
      results.push({ role: 'tool', callId: call.id, text: await resultOf(call, loop) });
    }
    messages = [...messages, { role: 'assistant', text, toolCalls }, ...results];
  }
}

/** What the model is told; it can mend a wrong call, so that is no failure of the turn. */
async function resultOf(call: ToolCall, { tools, log }: ToolLoop): Promise<string> {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool) return failure('there is no tool of this name');
  const input = jsonObject(call.input);
  if (!input) return failure('the input is not a JSON object');
  const missing = requiredBy(tool).filter((field) => !(field in input));
  if (missing.length > 0) return failure(`the input lacks ${missing.join(', ')}`);
  try {
    return shown(await tool.run(input));
  } catch (error) {
    log.warn('tool_failed', { tool: tool.name, error: describeError(error) });
    return failure('the tool failed');
  }
}

const failure = (what: string): string => JSON.stringify({ error: what });

function jsonObject(text: string): JsonRecord | undefined {
  try {
    // Models write nothing at all for a tool without parameters.
    const value: unknown = JSON.parse(text.trim() || '{}');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function requiredBy({ parameters: { required } }: Tool): readonly string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

const shown = (result: unknown): string =>
  typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');
